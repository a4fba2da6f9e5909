"""The catalogue: courses, their versions and modules, and labs whose published versions never change."""
