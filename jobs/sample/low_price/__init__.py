"""Import declarations of a generated world: honest lots, under-priced ones with recorded truth, and look-alikes."""

from jobs.sample.low_price.world import DeclarationWorld, make_declarations

__all__ = ["DeclarationWorld", "make_declarations"]
