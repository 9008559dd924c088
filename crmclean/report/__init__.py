"""Documents for people: a self-contained HTML report in German or English."""
