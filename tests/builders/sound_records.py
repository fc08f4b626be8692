"""A record of each source that nothing is wrong with, as its publisher writes it."""

from __future__ import annotations

import csv

from jobs import contracts
from tests.builders.declarations import line

DECLARED = "97061800,2020-01-02,30,B,11,21,11,10,ZZR1LT6,QLRUBN9,0VKY2BR,,440890,BE,BE,0.0,FEU1,G,108.0,372254.4,0,0"
TOTAL = "2023-07,4421200000,ALL,,336902,143937,10039482,4450563,-4306626,korea_customs_service,Itemtrade,2025-12-15"
OF_COUNTRY = TOTAL.replace("ALL,", "CN,CHINA").replace("Itemtrade", "nitemtrade")
LINES = {
    "china_exports": "2017-01-01,Australia,250410,10200.0,6116.362,1.6676579966980372",
    "coffee_price": "2024-01,203.8791304347826,148.1252173913043,4.495,3.266,FRED (IMF Primary Commodity Prices)",
    "firm": "I015154,importer,KR,2010-08-15,A0001200,P0001205",
    "firm_relation": "I587666,I350938,ownership,2019-06-04,",
    "gscpi": "1998-01-01,-1.1475479560042845",
    "hs_revision": "852349,854999,2022-01-01,HS 2022",
    "inspection_result": "51746-26-00000029,1,2024-01-11T12:30:27+09:00,random,0.084887,undervalued,131715387,,PRICE",
    "kcs_coffee": "2023-01,090111,커피,아랍에미리트 연합,AE,1,16,Korea Customs Service OpenAPI (data.go.kr),",
    "kcs_declaration_outcomes": DECLARED,
    "kcs_declarations": DECLARED,
    "kcs_trade_country": '2023.07,CL,칠레,"펄프 (Wood pulp, bleached)",470429,7984775,3810837,0,0,-3810837',
    "kcs_trade_total": TOTAL,
    "kcs_trade_total_country": OF_COUNTRY,
    "pinksheet": "1998-01",
    "portwatch_ports": "2023-07-01,AEJEA,port744,Jebel Ali,13,25,489101,665596,279647,351043",
    "portwatch_straits": "2019-01-01,bab_el_mandeb,50,21,29,2742136",
    "price_reference": "survey,garlic_pickled,CN,,2023-01-08,2023-01-17,1922,KRW/kg,KRW,2023-01-24",
    "tariff_rate": "2001909060,basic,,ad_valorem,30,,N,2020-01-01,",
    "us_imports": "2023-01,280461,WORLD,TOTAL,13358129,0",
}
BESIDE = {"pinksheet": {"Tin": "5123.4"}}  # columns of a wide file that its contract does not name


def sound_record(source: str) -> dict[str, str]:
    """Texts of a record by the columns of its contract."""
    if source == "import_declaration":
        return line()
    (values,) = csv.reader([LINES[source]])
    return dict(zip(contracts.landing(source).columns, values, strict=True))
