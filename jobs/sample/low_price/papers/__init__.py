"""The declared world as papers: declarations, inspections, registers, published references."""
