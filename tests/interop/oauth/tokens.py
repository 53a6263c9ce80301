# SPDX-License-Identifier: MIT
"""tokens.py SETTINGS [ADDRESS PORT]: a token server that verifies signatures and claims with PyJWT.

By default, it listens on loopback. It prints one JSON object per line. The first line contains its port.
The further lines contain, for each request, the assertion that was sent, and the tokens that were issued or
the reason why the request was refused."""
import base64
import hashlib
import http.server
import json
import secrets
import sys
import threading
import time
import urllib.parse

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization

GMAIL = "https://mail.google.com/"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
METADATA = "/computeMetadata/v1/instance/service-accounts/default/"

with open(sys.argv[1], encoding="utf-8") as settings_file:
    settings = json.load(settings_file)
lock = threading.Lock()
seen = set()  # the "jti" of all assertions
refresh = settings["refresh_token"]


class Refused(Exception):
    """Raised when the server refuses a request."""


def read(path):
    with open(path, "rb") as f:
        return f.read()


def public_key(path):
    return x509.load_pem_x509_certificate(read(path)).public_key()


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def decode(token, key, algorithms, longest, **expected):
    """Returns the claims of a token. Verifies its signature and claims, and that it is short-lived and
    was not used before."""
    required = ["aud", "exp", "iat", "iss", "sub"]
    claims = jwt.decode(token, key, algorithms=algorithms, options={"require": required}, **expected)
    need(claims["exp"] - claims["iat"] <= longest, "the assertion lives too long")
    if "jti" in claims:
        need(claims["jti"] not in seen, "the assertion was used before")
        seen.add(claims["jti"])
    return claims


def client_assertion(form, endpoint):
    """Verifies a client assertion (RFC 7523, section 2.2), which the client has signed with the key of
    its certificate, or which is a token of another identity provider. Returns the kind of the
    assertion."""
    token = form["client_assertion"]
    need(form.get("client_assertion_type") == CLIENT_ASSERTION, "client_assertion_type")
    header = jwt.get_unverified_header(token)
    if header.get("kid") == "federation":
        claims = decode(token, public_key(settings["federation_certificate"]), ["RS256"], 3600,
                        audience="api://AzureADTokenExchange", issuer="https://kubernetes.test.example")
        need(claims["sub"] == "system:serviceaccount:mail:csmtp", "subject")
        return "federated token"
    certificate = x509.load_pem_x509_certificate(read(settings["client_certificate"]))
    thumbprint = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
    need(header.get("x5t#S256") == base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode(), "x5t#S256")
    need(header.get("typ") == "JWT", "typ")
    claims = decode(token, certificate.public_key(), ["PS256", "RS256"], 600,
                    audience=endpoint, issuer=settings["client_id"])
    need(claims["sub"] == settings["client_id"], "subject")
    need("jti" in claims and "nbf" in claims, "jti or nbf is missing")
    return "certificate " + header["alg"]


def authenticate(form, endpoint):
    """Authenticates the client, and returns the method that it used."""
    need(form.get("client_id") == settings["client_id"], "client_id")
    if "client_assertion" in form:
        need("client_secret" not in form, "a secret and an assertion")
        return client_assertion(form, endpoint)
    need(form.get("client_secret") == settings["client_secret"], "client_secret")
    return "secret"


def bearer(form, endpoint):
    """Verifies an assertion that is the grant (RFC 7523, section 2.1), as Google documents it. Returns
    the mailbox and the kind of the assertion."""
    token = form["assertion"]
    header = jwt.get_unverified_header(token)
    accounts = {settings["account"]: settings["account_certificate"], settings["machine"]: settings["machine_certificate"]}
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    need(issuer in accounts, "unknown service account")
    need(issuer == settings["machine"] or header.get("kid") == "key-1", "kid")
    claims = decode(token, public_key(accounts[issuer]), ["RS256"], 3600, audience=endpoint, issuer=issuer)
    need(claims.get("scope") == GMAIL, "scope")
    return claims["sub"], "service account" if issuer == settings["account"] else "signed by Google"


def access_token(user, life=3600):
    """Returns an access token that Dovecot accepts."""
    now = int(time.time())
    claims = {"sub": user, "azp": "default", "iat": now - 60, "nbf": now - 60, "exp": now + life, "scope": "mail"}
    return jwt.encode(claims, settings["dovecot_key"], algorithm="HS256", headers={"kid": "default"})


def say(**what):
    print(json.dumps(what), flush=True)


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body):
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def grant(self, how, user, life=3600, **more):
        token = access_token(user, life)
        say(granted=how, secrets=[token] + [v for v in more.values() if isinstance(v, str)])
        announced = 1 if self.path == "/short" else 3600
        self.reply(200, dict(access_token=token, token_type="Bearer", expires_in=announced, **more))

    def handle_safely(self, method):
        try:
            with lock:
                method()
        except (Refused, jwt.PyJWTError, KeyError, ValueError) as e:
            say(refused=f"{self.path.partition('?')[0]}: {type(e).__name__}: {e}")
            self.reply(400, {"error": "invalid_request", "error_description": str(e)})

    def do_GET(self):
        self.handle_safely(self.get)

    def do_POST(self):
        self.handle_safely(self.post)

    def get(self):
        path, _, query = self.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        if path == "/metadata/identity/oauth2/token":
            need(self.headers.get("Metadata") == "true", "Metadata")
            need(asked.get("api-version") == "2018-02-01", "api-version")
            need(asked.get("resource") == "https://outlook.office365.com", "resource")
            return self.grant("azure identity", settings["user"])
        if path == "/msi/token":
            need(self.headers.get("X-Identity-Header") == settings["identity_header"], "X-Identity-Header")
            need(asked.get("api-version") == "2019-08-01", "api-version")
            return self.grant("app service", settings["user"])
        need(self.headers.get("Metadata-Flavor") == "Google", "Metadata-Flavor")
        if path == METADATA + "email":
            return self.reply(200, settings["machine"])
        need(path == METADATA + "token", "path")
        return self.reply(200, {"access_token": settings["machine_token"], "token_type": "Bearer", "expires_in": 3600})

    def post(self):
        global refresh
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.endswith(":signJwt"):
            need(self.headers.get("Authorization") == "Bearer " + settings["machine_token"], "Authorization")
            need(urllib.parse.unquote(self.path) == f"/v1/projects/-/serviceAccounts/{settings['machine']}:signJwt", "path")
            signed = jwt.encode(json.loads(json.loads(body)["payload"]), read(settings["machine_key"]), algorithm="RS256")
            say(signed=True, secrets=[signed])
            return self.reply(200, {"signedJwt": signed})
        form = dict(urllib.parse.parse_qsl(body))
        endpoint = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        say(secrets=[form[name] for name in ("assertion", "client_assertion") if name in form])
        if self.path == "/echo":  # refuses, and quotes the request
            text = "AADSTS7000215: Invalid client secret provided. " + body + " " + " ".join(form.values())
            return self.reply(401, {"error": "invalid_client", "error_description": text})
        life = -600 if self.path == "/expired" else 3600
        if form.get("grant_type") == JWT_BEARER:
            user, how = bearer(form, endpoint)
            return self.grant(how, user, life)
        how = authenticate(form, endpoint)
        if form["grant_type"] == "refresh_token":
            need(form["refresh_token"] == refresh, "the refresh token was used before")
            refresh = secrets.token_urlsafe(32)
            return self.grant("refresh token, " + how, settings["user"], life, refresh_token=refresh)
        need(form["grant_type"] == "client_credentials", "grant_type")
        return self.grant("client credentials, " + how, settings["user"], life)


def main():
    address = (sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 2 else ("127.0.0.1", 0)
    server = http.server.ThreadingHTTPServer(address, Server)
    say(port=server.server_port)
    server.serve_forever()


main()
