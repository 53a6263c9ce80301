// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** The members of a CSmtpEvent. */
final class EventMembers {
    final int kind;
    final int relay;
    final String name;
    final String server;
    final int outcome;
    final int error;
    final int replyCode;
    final int attempts;
    final int recipients;
    final int accepted;
    final long octets;
    final long resolve;
    final long connect;
    final long tls;
    final long greeting;
    final long ehlo;
    final long login;
    final long envelope;
    final long content;
    final long reply;
    final long total;

    EventMembers(Functions c, long address) {
        Members members = new Members(c, address);
        kind = members.int32();
        relay = members.int32();
        name = members.text();
        server = members.text();
        outcome = members.int32();
        error = members.int32();
        replyCode = members.int32();
        attempts = members.int32();
        recipients = members.int32();
        accepted = members.int32();
        octets = members.int64();
        resolve = members.int64();
        connect = members.int64();
        tls = members.int64();
        greeting = members.int64();
        ehlo = members.int64();
        login = members.int64();
        envelope = members.int64();
        content = members.int64();
        reply = members.int64();
        total = members.int64();
    }
}
