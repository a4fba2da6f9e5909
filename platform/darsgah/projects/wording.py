"""What moves, parts and states of a project are called on its pages."""

from collections.abc import Mapping

from darsgah.briefs.lifecycle import Stage
from darsgah.projects.room import Part
from darsgah.ui.language import Message

MOVES: Mapping[str, Message] = {
    "kick_off": Message("Kick off"),
    "start_milestones": Message("Start the milestones"),
    "submit_final": Message("Submit the final result"),
    "return_final": Message("Return the final result"),
    "withdraw": Message("Withdraw the team"),
    "pause": Message("Pause the project"),
    "dispute": Message("Say that something is wrong"),
    "resume": Message("Resume"),
    "settle": Message("Settle the dispute"),
    "cancel": Message("Cancel the project"),
}
"""What a move's button says."""
MEANING: Mapping[str, Message] = {
    "kick_off": Message("Team and mentor have met, or are about to: the plan is clear to everybody."),
    "start_milestones": Message(
        "From now on the team hands in milestones and the mentor decides about them."
    ),
    "submit_final": Message(
        "What was handed in last for each milestone is the result. It is then evaluated."
    ),
    "return_final": Message("The team works on it again. Say what is missing: they read it."),
    "withdraw": Message("The team gives the project up for good. Everything written is kept."),
    "pause": Message("Nothing can be handed in until it is resumed. Messages can be written."),
    "dispute": Message("The project rests and the hub decides, with the messages as evidence."),
    "resume": Message("It goes on where it was."),
    "settle": Message("The project goes on where it was. Say what was decided: everybody reads it."),
    "cancel": Message("The hub ends the project for good. Everything written is kept."),
}
"""What happens then, said before it does."""
PARTS: Mapping[Part, Message] = {
    Part.TEAM: Message("Team"),
    Part.MENTOR: Message("Mentor"),
    Part.HUB: Message("Hub"),
}
STATES: Mapping[str, tuple[str, Message]] = {
    "open": ("○", Message("To do")),
    "submitted": ("◷", Message("Handed in")),
    "accepted": ("✓", Message("Accepted")),
    "changes_asked": ("◇", Message("Changes asked for")),
}
"""A milestone's state, as a shape and a word."""
NEXT: Mapping[Stage, Message] = {
    Stage.AGREEMENTS_SIGNED: Message(
        "Everybody has accepted the agreement. Meet, then the mentor or the hub kicks off."
    ),
    Stage.KICKOFF: Message("You have met. Start the milestones when the plan is clear."),
    Stage.MILESTONES: Message("Hand in each milestone by its date; the mentor decides about it."),
    Stage.FINAL_SUBMITTED: Message("The final result is submitted. Both sides evaluate it now."),
    Stage.EVALUATED: Message("The project is evaluated. The credential comes next."),
    Stage.CREDENTIALED: Message("The credential is awarded."),
    Stage.CLOSED: Message("The project is closed. What is here can be read."),
    Stage.WITHDRAWN: Message("The team withdrew. What is here can be read."),
    Stage.CANCELLED: Message("The hub cancelled the project. What is here can be read."),
    Stage.EXPIRED: Message("The agreement was not accepted in time. What is here can be read."),
    Stage.PAUSED: Message("The project is paused. Messages can be written; nothing is handed in."),
    Stage.DISPUTED: Message("Something is in dispute. The hub decides; messages can be written."),
}
"""What comes next, by the stage; before everybody has accepted, the page says whose acceptance is missing."""
LEASES: Mapping[str, Message] = {
    "done": Message("ended by itself"),
    "quota": Message("ended with the hours"),
    "lost": Message("not heard of again"),
    "stopped": Message("stopped"),
    "withdrawn": Message("its token was withdrawn"),
}
"""How GPU work ended."""
