# SPDX-License-Identifier: MIT
"""The session: server, TLS, login, connection and log."""
from __future__ import annotations

import functools
import logging
from ctypes import addressof, create_string_buffer
from typing import Any, Callable, Optional, Union

from ._aio import in_thread
from ._events import Event, for_events
from ._handle import Handle, Path, Text
from ._library import LOG, TOKEN, Caught, guarded, octets, text
from ._numbers import DO_NOT_SET, LOG_CLIENT, LOG_SERVER


def _token(fn: Callable[[bool], Optional[Text]], caught: Caught) -> Any:
    given: list[Any] = [None]

    def token(user: int, refused: int) -> Optional[int]:
        found = fn(bool(refused))
        if found is not None and not isinstance(found, (str, bytes)):
            raise TypeError(f"the token callback returned {type(found).__name__}, not str or bytes")
        given[0] = None if found is None else create_string_buffer(octets(found))
        return None if found is None else addressof(given[0])

    return TOKEN(guarded(token, None, caught))


def _log(fn: Callable[[int, str], Any], caught: Caught) -> Any:
    def log(user: None, direction: int, line: bytes) -> None:
        fn(direction, text(line))

    return LOG(guarded(log, None, caught))


class Session(Handle):
    """The methods that configure, open and close the session."""

    def set_smtp_server(self, server: Text, port: int = 0, authenticate: bool = True) -> None:
        self._do("SetSMTPServer", server, port, authenticate)
    def set_security_type(self, security_type: int) -> None:
        self._do("SetSecurityType", security_type)
    def get_security_type(self) -> int:
        return self._count("GetSecurityType")
    def set_login(self, login: Text) -> None:
        self._do("SetLogin", login)
    def set_password(self, password: Text) -> None:
        self._do("SetPassword", password)
    def set_local_host_name(self, name: Text) -> None:
        self._do("SetLocalHostName", name)
    def get_local_host_name(self) -> str:
        return self._get("GetLocalHostName")
    def get_local_host_ip(self) -> str:
        return self._get("GetLocalHostIP")
    def connect_remote_server(self, server: Text, port: int = 0, security_type: int = DO_NOT_SET, authenticate: bool = True,
                              login: Optional[Text] = None, password: Optional[Text] = None) -> None:
        self._do("ConnectRemoteServer", server, port, security_type, authenticate, login, password)
    def disconnect_remote_server(self) -> None:
        self._do("DisconnectRemoteServer")
    async def connect_remote_server_async(self, server: Text, port: int = 0, security_type: int = DO_NOT_SET,
                                          authenticate: bool = True, login: Optional[Text] = None,
                                          password: Optional[Text] = None) -> None:
        await in_thread(self._handle, self.connect_remote_server, server, port, security_type, authenticate, login, password)
    async def disconnect_remote_server_async(self) -> None:
        await in_thread(self._handle, self.disconnect_remote_server)

    # ---- TLS

    def set_verify_peer(self, verify: bool = True) -> None:
        self._do("SetVerifyPeer", verify)
    def set_ca_file(self, path: Path) -> None:
        self._do("SetCAFile", path)
    def set_ca_directory(self, path: Path) -> None:
        self._do("SetCADirectory", path)
    def set_client_certificate(self, certificate_file: Path, key_file: Path = "") -> None:
        self._do("SetClientCertificate", certificate_file, key_file)
    def set_pinned_public_key(self, pins: Text) -> None:
        self._do("SetPinnedPublicKey", pins)
    def set_tls_min_version(self, version: int) -> None:
        self._do("SetTLSMinVersion", version)
    def set_tls_max_version(self, version: int) -> None:
        self._do("SetTLSMaxVersion", version)
    def set_tls_server_name(self, name: Text) -> None:
        self._do("SetTLSServerName", name)
    def get_tls_info(self) -> str:
        return self._get("GetTLSInfo")
    def get_peer_certificate(self, index: int, field: int) -> str:
        """Returns a field (CERTIFICATE_...) of a certificate that the server has sent in the open session.
        Index 0 is the server's own certificate."""
        return self._get("GetPeerCertificate", index, field)

    # ---- Login

    def set_auth_mechanism(self, mechanisms: Text) -> None:
        self._do("SetAuthMechanism", mechanisms)
    def set_authorization_id(self, id: Text) -> None:
        self._do("SetAuthorizationID", id)
    def set_clear_login(self, allow: bool = True) -> None:
        self._do("SetClearLogin", allow)
    def set_login_required(self, required: bool = True) -> None:
        self._do("SetLoginRequired", required)
    def set_access_token(self, token: Text) -> None:
        self._do("SetAccessToken", token)
    def set_token_callback(self, fn: Optional[Callable[[bool], Optional[Text]]]) -> None:
        """Sets a function: fn(refused) returns an access token, or None if there is none. `refused` is True
        if the server refused the previous token."""
        self._set_callback("SetTokenCallback", fn and functools.partial(_token, fn))

    def set_oauth2_client_credentials(self, token_url: Text, client_id: Text, client_secret: Text,
                                      scope: Text = "") -> None:
        self._do("SetOAuth2ClientCredentials", token_url, client_id, client_secret, scope)
    def set_oauth2_refresh_token(self, token_url: Text, client_id: Text, client_secret: Text,
                                 refresh_token: Text, scope: Text = "") -> None:
        self._do("SetOAuth2RefreshToken", token_url, client_id, client_secret, refresh_token, scope)
    def set_oauth2_certificate(self, token_url: Text, client_id: Text, certificate_file: Path,
                               key_file: Path = "", algorithm: Text = "", scope: Text = "") -> None:
        self._do("SetOAuth2Certificate", token_url, client_id, certificate_file, key_file, algorithm, scope)
    def set_oauth2_assertion_file(self, token_url: Text, client_id: Text, assertion_file: Path,
                                  scope: Text = "") -> None:
        self._do("SetOAuth2AssertionFile", token_url, client_id, assertion_file, scope)
    def set_oauth2_service_account(self, key_file: Path, mailbox: Text = "", scope: Text = "") -> None:
        self._do("SetOAuth2ServiceAccount", key_file, mailbox, scope)
    def set_oauth2_managed_identity(self, cloud: Text, client_id: Text = "", scope: Text = "") -> None:
        self._do("SetOAuth2ManagedIdentity", cloud, client_id, scope)
    def check_token(self) -> None:
        self._do("CheckToken")
    async def check_token_async(self) -> None:
        await in_thread(self._handle, self.check_token)
    def get_token_info(self) -> str:
        """Returns the main claims in the token of the last check_token."""
        return self._get("GetTokenInfo")
    def set_oauth2_token_file(self, path: Path) -> None:
        """Sets a file in which the tokens are stored. Several processes can use the same file."""
        self._do("SetOAuth2TokenFile", path)
    def get_oauth2_token_file_error(self) -> str:
        """Returns the reason why the token file could not be written or locked, or ""."""
        return self._get("GetOAuth2TokenFileError")
    def get_oauth2_refresh_token(self) -> str:
        return self._get("GetOAuth2RefreshToken")
    def get_auth_mechanism_used(self) -> str:
        return self._get("GetAuthMechanismUsed")
    def get_login_skipped(self) -> bool:
        """Returns True if a login is set, but the library did not log in to the open or last session, because
        the server did not offer AUTH."""
        return bool(self._count("GetLoginSkipped"))

    # ---- Connecting

    def set_server_domain(self, domain: Text) -> None:
        self._do("SetServerDomain", domain)
    def set_local_address(self, address: Text) -> None:
        self._do("SetLocalAddress", address)
    def set_proxy(self, url: Text) -> None:
        self._do("SetProxy", url)
    def set_transport(self, transport: Text) -> None:
        self._do("SetTransport", transport)
    def set_transport_endpoint(self, url: Text) -> None:
        self._do("SetTransportEndpoint", url)
    def set_extension_off(self, extensions: Text) -> None:
        self._do("SetExtensionOff", extensions)
    def set_server_pause(self, seconds: int) -> None:
        self._do("SetServerPause", seconds)
    def set_lmtp(self, lmtp: bool = True) -> None:
        self._do("SetLMTP", lmtp)
    def set_timeout(self, step: int, milliseconds: int) -> None:
        self._do("SetTimeout", step, milliseconds)
    def keep_alive(self) -> None:
        self._do("KeepAlive")
    async def keep_alive_async(self) -> None:
        await in_thread(self._handle, self.keep_alive)
    def get_peer_address(self) -> str:
        return self._get("GetPeerAddress")
    def get_extension(self, name: Text) -> Optional[str]:
        """Returns the parameters of a service extension, or None if the server does not offer the extension or
        there is no session."""
        found = self._value("GetExtension", name)
        return None if found is None else text(found)
    def get_extensions(self) -> str:
        """Returns all service extensions, one per line."""
        return self._get("GetExtensions")

    # ---- The log

    def set_log_file(self, path: Path) -> None:
        self._do("SetLogFile", path)

    def set_record_file(self, path: Path, contents: bool = False) -> None:
        """Writes later sessions to a file, as a transcript that csmtp-testserver can replay. "" stops the recording."""
        self._do("SetRecordFile", path, contents)

    def set_event_callback(self, fn: Optional[Callable[[Event], Any]]) -> None:
        """Sets a function: fn(event) is called with each Event, for example to collect statistics. See
        docs/events.md."""
        self._set_callback("SetEventCallback", fn and functools.partial(for_events, fn))

    def set_log_callback(self, fn: Optional[Callable[[int, str], Any]]) -> None:
        """Sets a function: fn(direction, line) is called with each line of the dialogue, with secrets masked.
        `direction` is LOG_CLIENT, LOG_SERVER or LOG_EVENT."""
        self._set_callback("SetLogCallback", fn and functools.partial(_log, fn))

    def set_logger(self, logger: Optional[Union[logging.Logger, logging.LoggerAdapter[Any]]] = logging.getLogger("csmtp"),
                   level: int = logging.DEBUG) -> None:
        """Logs the dialogue with a logger, with secrets masked. Lines that were sent begin with "C: ", and
        lines of the server with "S: ". None stops the logging. set_logger and set_log_callback replace each
        other: only the one that was called last has an effect."""
        if logger is None:
            return self.set_log_callback(None)
        marks = {LOG_CLIENT: "C: ", LOG_SERVER: "S: "}
        chosen = logger
        self.set_log_callback(lambda direction, line: chosen.log(level, "%s%s", marks.get(direction, ""), line))
