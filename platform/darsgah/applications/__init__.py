"""Teams that apply to briefs, and the matching of the two: proposed, edited by a person, confirmed."""
