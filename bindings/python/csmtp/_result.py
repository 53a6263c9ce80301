# SPDX-License-Identifier: MIT
"""The result of the last call and of the last mail."""
from __future__ import annotations

from typing import NamedTuple

from ._handle import Handle


class Recipient(NamedTuple):
    """The result of the last mail for one recipient."""

    address: str
    accepted: bool
    code: int  # 0 if there was no reply
    enhanced_code: str
    reply: str


class Result(Handle):
    """The methods that report what happened."""

    def get_last_error(self) -> int:
        return self._count("GetLastError")
    def get_last_error_text(self) -> str:
        return self._get("GetLastErrorText")
    def get_last_reply(self) -> str:
        return self._get("GetLastReply")
    def get_last_reply_code(self) -> int:
        return self._count("GetLastReplyCode")
    def get_last_enhanced_code(self) -> str:
        return self._get("GetLastEnhancedCode")
    def get_outcome(self) -> int:
        return self._count("GetOutcome")
    def get_phase(self) -> int:
        """Returns the step in which the last call failed, one of the numbers PHASE_..."""
        return self._count("GetPhase")
    def get_error_kind(self) -> int:
        """Returns the kind of the error of the last call, one of the numbers KIND_..."""
        return self._count("GetErrorKind")
    def is_login_error(self) -> bool:
        """Reports whether the login failed and would fail again with the same credentials."""
        return bool(self._count("IsLoginError"))
    def is_safe_to_retry(self) -> bool:
        """Reports whether nothing was delivered and a later attempt might succeed."""
        return bool(self._count("IsSafeToRetry"))
    def get_retry_after(self) -> int:
        """Returns the number of seconds to wait before the next mail, if the mail service has requested a
        delay; otherwise 0."""
        return self._count("GetRetryAfter")
    def get_queue_id(self) -> str:
        return self._get("GetQueueID")

    def results(self) -> list[Recipient]:
        """Returns the result for each recipient of the last mail, in the order To, Cc, Bcc."""
        return [
            Recipient(self._get("GetResultRecipient", row), bool(self._count("GetResultAccepted", row)),
                      self._count("GetResultCode", row), self._get("GetResultEnhancedCode", row),
                      self._get("GetResultReply", row))
            for row in range(self._count("GetResultCount"))
        ]
