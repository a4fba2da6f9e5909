"""The words of the lab page's script, in the language of its reader.

`labs/lab-page/texts.ts` names the same texts; a test holds the two equal. A text's placeholders are written
``{name}`` and filled by the script.
"""

from typing import Final

from darsgah.ui.language import Language, Message

TEXTS: Final = (
    Message("Stop"),
    Message("Move up"),
    Message("Move down"),
    Message("Delete cell"),
    Message("More"),
    Message("Start of Python"),
    Message("Tools of the lab"),
    Message("Run"),
    Message("Run all"),
    Message("Check all"),
    Message("Go to the first that fails"),
    Message("Hand in"),
    Message("Close"),
    Message("Open as a full notebook"),
    Message("Restart"),
    Message("Restart and run all"),
    Message("This cell"),
    Message("Add code below"),
    Message("Add text below"),
    Message("Undo deleting"),
    Message("Notebook"),
    Message("Clear outputs"),
    Message("Save now"),
    Message("Earlier versions"),
    Message("Start again from the original"),
    Message("Download"),
    Message("Keys"),
    Message("Your answer"),
    Message("{points} points, read by an instructor"),
    Message("Tests: they cannot be changed"),
    Message("Given: it cannot be changed"),
    Message("Code, cell {number}"),
    Message("Text, cell {number}"),
    Message("your answer"),
    Message("tests, locked"),
    Message("locked"),
    Message("The answer is not written yet."),
    Message("Run this cell"),
    Message("Code"),
    Message("Waits"),
    Message("Stopped"),
    Message("Nothing is known about this name. Run the cells above first."),
    Message("Cancel"),
    Message("There is no link, and this notebook was not opened on this device before."),
    Message("Choose what stays first."),
    Message("The server cannot be reached. Your work is kept; try again when the link is back."),
    Message("Your work is saved and sent…"),
    Message("The link broke. Nothing is lost: your work is kept, and you can hand in again."),
    Message(
        "There is no link to the server, so nothing can be handed in now. Your work is kept on this "
        "device and sent when the link is back; then hand in."
    ),
    Message("No link"),
    Message("There is a pause between two attempts. The next one is taken from {when}."),
    Message("The deadline has passed, or every attempt is used. Your work and your results are kept."),
    Message("Nothing can be handed in now"),
    Message(
        "Your work is saved as it is now and graded on the server, with the visible tests and the hidden "
        "ones."
    ),
    Message("This is attempt {number}; there is no limit."),
    Message("This is attempt {number} of {total}."),
    Message("The deadline has passed: this attempt counts as late."),
    Message("Hand in?"),
    Message("Hand in and grade"),
    Message("Attempt {number} is handed in. Receipt: {receipt}"),
    Message("Attempt {number}"),
    Message("There is no grade to show yet: your instructor looks at it."),
    Message("Attempt {number}: {score} of {most} points"),
    Message("No hint can be had just now. Your work is kept; try again later."),
    Message("A hint is being made…"),
    Message("Hints that are made before yours: {count}"),
    Message("What the tests saw"),
    Message("Where to look"),
    Message("A question"),
    Message("The idea"),
    Message("Another example"),
    Message("{left} of {daily} hints are left today. The tutor can err: the tests decide."),
    Message("Did this help?"),
    Message("Thank you."),
    Message("Thank you. Change your answer or write what you tried, and the next hint says more."),
    Message("This could not be sent. Try again when there is a link."),
    Message("Yes"),
    Message("No"),
    Message("What have you tried, or what do you think is wrong?"),
    Message("Ask for the next hint"),
    Message("Ask your instructor about this"),
    Message("There is no link, so no hint can be had now. Your work is kept on this device."),
    Message("The program waits for a line from you"),
    Message("Send"),
    Message("Python is ready"),
    Message("Write in the cell"),
    Message("Leave the editor; then Tab goes on to what comes next"),
    Message("To the cell before or after"),
    Message("Run and go to the next cell"),
    Message("Run and stay"),
    Message("Run and add a cell below"),
    Message("Add a cell above, below"),
    Message("Delete the cell, if it is your own"),
    Message("Move the cell, if it is your own"),
    Message("In code, after a name: complete it; elsewhere: indent"),
    Message("In code, after a name: help about it"),
    Message("Add code"),
    Message("Add text"),
    Message("Enter writes, Shift and Enter runs, arrows go to other cells, H lists all keys."),
    Message("Choose what stays"),
    Message("Some cells were changed here and in another window."),
    Message("Python is busy: ask again when nothing runs."),
    Message("All cells ran"),
    Message("A cell ended with an error; those after it did not run"),
    Message(
        "This browser can only stop a cell by starting Python anew: every value is forgotten. What you "
        "wrote stays."
    ),
    Message("Stop and restart?"),
    Message("Stop and restart"),
    Message(
        "Python forgets every value, and cells that run are stopped. What you wrote and what was printed "
        "stays."
    ),
    Message("Restart Python?"),
    Message("Passed: {passed}. Failed: {failed}. Not checked: {unknown}. Hidden tests run when you hand in."),
    Message("The cell ended with an error"),
    Message("The cell has run"),
    Message("The cell is deleted."),
    Message("Undo"),
    Message("Saved"),
    Message("Not saved on the server yet; it is tried again by itself."),
    Message(
        "The notebook becomes what it was when the lab was given. What you wrote stays among the earlier "
        "versions."
    ),
    Message("Start again?"),
    Message("Start again"),
    Message("The original could not be fetched, and nothing was changed. Try again when the link is back."),
    Message("Changes from another window were taken in."),
    Message(
        "There is no link, and this part of the page was not fetched before. Your work is kept on this "
        "device; try again when the link is back."
    ),
    Message("See the result"),
    Message("The editor could not be loaded. Check the link and reload the page; your work is kept."),
    Message("This window's"),
    Message("The other one"),
    Message("Keep both"),
    Message("Your other version of this answer, from {when}"),
    Message("Keep as chosen"),
    Message("Later"),
    Message(
        "These cells were changed in this window and in another one. Nothing is lost: earlier versions "
        "are kept."
    ),
    Message("Deleted"),
    Message("Difference {number}"),
    Message("Questions"),
    Message(
        "Hidden tests run as well when you hand in. A check here is for you: it is not sent, and earns no "
        "points."
    ),
    Message("{passed} of {total} questions pass their visible tests"),
    Message("Read by an instructor"),
    Message("Output of this cell"),
    Message("Picture without a description"),
    Message("Table"),
    Message("Picture made by this cell"),
    Message("Show all ({size})"),
    Message("Where it happened"),
    Message("Try again"),
    Message("The notebook could not be opened. What you did before is kept; check the link and try again."),
    Message("Changed since the check"),
    Message("Visible tests pass"),
    Message("A test fails"),
    Message("Being checked"),
    Message("Check stopped"),
    Message("Not checked"),
    Message("Check"),
    Message("Hint"),
    Message("{points} points"),
    Message("A test says no, without a reason."),
    Message("Handed in: an instructor reads it"),
    Message("Handed in: {score} of {most} points"),
    Message("{size} more was not kept"),
    Message("Saved at {time}"),
    Message("Not saved yet"),
    Message("Saving"),
    Message("Kept on this device, sent when the link is back"),
    Message("Only in this window: keep it open"),
    Message("Not taken by the server"),
    Message("Python on the hub"),
    Message("Python in this browser"),
    Message("Python {version} in this browser"),
    Message(
        "Some of what this cell showed while the link was gone was not kept. Run it again to see all of it."
    ),
    Message("This cell is too long to be run."),
    Message("The cell did not stop, so Python was started anew: every value is forgotten."),
    Message("Nothing is handed in, because the notebook {name} could not be sent. {reason}"),
    Message("It is open in another window, which does not answer. Look there, then hand in again."),
    Message("{name}: starts with the first run"),
    Message("Python starts"),
    Message("{name}: ready"),
    Message("Runs for {seconds}"),
    Message("No link to Python: it goes on alone"),
    Message("Python has ended"),
    Message("Python could not be loaded: there is no link. You can go on writing, and your work is kept."),
    Message(
        "This browser cannot run Python. Use a current Firefox, Chrome, Edge or Safari; you can read and "
        "write here all the same."
    ),
    Message("All places for running code are taken. Try again in a minute; you can go on writing."),
    Message(
        "Python ended: the code needed more memory than there is. Your work is kept; restart, and try "
        "with less data."
    ),
    Message(
        "Python was put to rest because nothing ran for a while. Your work is kept; run the cells again."
    ),
    Message("Python ended by itself. Your work is kept; restart and run the cells again."),
    Message("Labs are open in too many windows. Close some, then restart Python here; your work is kept."),
    Message("You may not run code here any more. Reload the page; your work is kept."),
    Message("The machine that runs your code does not answer. Your work is kept; try again shortly."),
    Message("Python could not start ({detail}). Your work is kept; try again."),
    Message("Python could not start. Your work is kept; try again."),
    Message("Memory: {used}"),
    Message("Memory: {used} of {most}"),
    Message("Waiting for a place: {number} before you"),
    Message("Waiting for a place"),
    Message("Python is loaded: {loaded} of {total}"),
    Message("Python is loaded: {loaded}"),
    Message("Write"),
    Message("Empty text"),
    Message("Done"),
    Message("Text"),
    Message("The versions are fetched…"),
    Message("Bring back"),
    Message("Show"),
    Message("Every answer and every cell of yours is as it is now."),
    Message("There is no earlier version yet: the first is made when you change something."),
    Message("{number} s"),
    Message(
        "Your session has ended. Your work is kept on this device: sign in again in another window, and "
        "it is sent."
    ),
    Message(
        "You have no place in this course any more, so the server takes nothing. Your work stays on this "
        "device: download it."
    ),
    Message(
        "Somebody else is signed in in this browser now. Your work stays on this device, locked, until "
        "you sign in again."
    ),
)
"""Every text, once."""


def texts(language: Language) -> dict[str, str]:
    """The words by their English text; what stands in braces is filled by the script."""
    return {message.text: language.translations.gettext(message.text) for message in TEXTS}
