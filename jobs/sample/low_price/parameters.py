"""Parameters of the generated declarations. The scoring rules fix the first part.

Nothing changes to suit a detector.
"""

from __future__ import annotations

# --- Under-priced lots, as the scoring rules fix them ---------------------------------------------
PREVALENCE = 0.03  # of all lots
CUTS = (0.20, 0.35, 0.50)  # one third of every scheme's lots each
LOG_SD = {"easy": 0.10, "middle": 0.15, "hard": 0.25}  # of honest prices around the true reference
LOOK_ALIKES_PER_CASE = 3
LOOK_ALIKE_RATIO = (0.2, 0.9)
RESERVED_FROM = 1000  # seeds from here on also carry scheme variants that no development seed has

# --- Size -----------------------------------------------------------------------------------------
MIN_LOTS = 800
MAX_PREVALENCE = 0.10
LOTS_A_TRADE = 30  # one importer buying one product of one origin from one exporter
MIN_TRADES = 240
TRADES_A_PRODUCT = 15  # at least
LOTS_A_PRODUCT_MONTH = 60  # products are added until each has about so many
MIN_PRODUCTS = 6
HISTORY_DAYS = 1096  # of prices and published references before the first declaration

# --- Prices ---------------------------------------------------------------------------------------
TRADE_VARIANCE = 0.25  # share of the honest variance that is the habit of importer and exporter
GRADE_FACTOR = (1.0, 0.88, 0.74)  # A, B, C
GRADE_SHARE = (0.60, 0.28, 0.12)
LEVEL_FACTOR = (1.0, 0.95, 1.08)  # wholesale, processing, retail
LEVEL_SHARE = (0.65, 0.28, 0.07)
CHILLED_FACTOR = 1.03
OTHER_PACKAGING_FACTOR = 0.98
OLD_CROP_FACTOR = 0.95
QUANTITY_ELASTICITY = -0.03  # of the unit price in the mass of the lot

# --- Time -----------------------------------------------------------------------------------------
WEEKEND_WEIGHT = 0.15  # of a working day's declarations
EVASION_DAYS = (120, 420)  # how long a firm keeps to a scheme
DRIFT_DAYS = 1826  # in which the products that attract evasion go once around
DRIFT_STRENGTH = 1.5  # log odds between the most and the mean attractive product of a season

# --- Past inspections -----------------------------------------------------------------------------
PROFILED_SHARE = 0.03  # of the lots, chosen by the profile of the time
RANDOM_SHARE = 0.01
MAX_PROPENSITY = 0.8
DETECTED_SHARE = 0.85  # of what is wrong with an inspected lot
DISPUTED_SHARE = 0.08  # of the changed ones
INSPECTION_DAYS = (1, 10)
