"""A mail server that speaks SMTP (RFC 5321) on a port of its own and keeps what it is given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class MailReceiver:
    """What came, and what is answered to recipients: 250 unless ``answers`` says otherwise."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    raw: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, as the setting has it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        recipient = ""
        await say(writer, "220 receiver")
        while line := (await reader.readline()).decode("utf-8").strip():
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                await say(writer, "250-receiver", "250 SMTPUTF8")
            elif verb == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                await say(writer, self.answers.get(recipient, "250 fine"))
            elif verb == "DATA":
                await say(writer, "354 go on")
                content = (await reader.readuntil(b"\r\n.\r\n"))[:-5].replace(b"\r\n..", b"\r\n.")
                self.raw.append(content)
                letter = message_from_bytes(content, policy=default)  # type: ignore[arg-type] # typeshed knows one policy
                self.letters.append((recipient, cast("EmailMessage", letter)))
                await say(writer, "250 kept")
            elif verb == "QUIT":
                await say(writer, "221 bye")
                break
            else:
                await say(writer, "250 fine")
        writer.close()


async def say(writer: asyncio.StreamWriter, *lines: str) -> None:
    """Answer."""
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


@asynccontextmanager
async def receiving() -> AsyncIterator[MailReceiver]:
    """A receiver that listens."""
    receiver = MailReceiver()
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver
