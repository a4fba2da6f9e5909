"""All tables in one place, for migrations to be held against: the only module that imports every slice's."""

import darsgah.accounts.models
import darsgah.applications.models
import darsgah.briefs.models
import darsgah.catalog.models
import darsgah.credentials.models
import darsgah.enrolments.models
import darsgah.evaluations.models
import darsgah.grades.models
import darsgah.hackathons.models
import darsgah.hiring.models
import darsgah.hubs.models
import darsgah.lab_checks.models
import darsgah.notices.models
import darsgah.organisations.models
import darsgah.projects.models
import darsgah.submissions.models
import darsgah.teams.models
import darsgah.tutor_nodes.models
import darsgah.tutoring.models
import darsgah.units.models
import darsgah.workspaces.models  # noqa: F401 # imported for the tables it declares, like those above
from darsgah.db.columns import Record

metadata = Record.metadata
