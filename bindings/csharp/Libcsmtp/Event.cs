// SPDX-License-Identifier: MIT
using System;

namespace CSmtp
{
    /// <summary>An event of a mailer or a pool. It contains no secret and no part of a message. Numbers that
    /// do not apply to an event are 0. The duration of a step that was not taken is 0.</summary>
    public sealed class Event
    {
        /// <summary>The value of Relay in an event of a mail that the pool has given to no relay.</summary>
        public const uint NoRelay = uint.MaxValue;

        internal Event(ref NativeEvent e)
        {
            Kind = (EventKind)e.kind;
            Relay = e.relay;
            Name = Text.From(e.name);
            Server = Text.From(e.server);
            Outcome = (Outcome)e.outcome;
            Error = (ErrorNumber)e.error;
            ReplyCode = e.replyCode;
            Attempts = e.attempts;
            Recipients = e.recipients;
            Accepted = e.accepted;
            Octets = e.octets;
            Resolve = Duration(e.resolve);
            Connect = Duration(e.connect);
            Tls = Duration(e.tls);
            Greeting = Duration(e.greeting);
            Ehlo = Duration(e.ehlo);
            Login = Duration(e.login);
            Envelope = Duration(e.envelope);
            Content = Duration(e.content);
            Reply = Duration(e.reply);
            Total = Duration(e.total);
        }

        static TimeSpan Duration(long microseconds) { return TimeSpan.FromTicks(microseconds * 10); }

        public EventKind Kind { get; }
        /// <summary>The number of the relay in the pool, or NoRelay. It is 0 in an event of a mailer.</summary>
        public uint Relay { get; }
        /// <summary>The name of the relay. It is "" in an event of a mailer.</summary>
        public string Name { get; }
        /// <summary>The server as "host:port". "" if there was no session.</summary>
        public string Server { get; }
        /// <summary>The outcome of the mail.</summary>
        public Outcome Outcome { get; }
        public ErrorNumber Error { get; }
        /// <summary>The code of the last reply, such as 250.</summary>
        public int ReplyCode { get; }
        /// <summary>The number of attempts to send the mail so far.</summary>
        public uint Attempts { get; }
        /// <summary>The number of recipients of the mail.</summary>
        public uint Recipients { get; }
        /// <summary>The number of recipients for whom the mail was accepted.</summary>
        public uint Accepted { get; }
        /// <summary>The size of the message in octets. 0 if the message was not sent completely.</summary>
        public long Octets { get; }
        /// <summary>How long it took to look up the address.</summary>
        public TimeSpan Resolve { get; }
        /// <summary>How long it took to connect.</summary>
        public TimeSpan Connect { get; }
        /// <summary>How long the TLS handshake took.</summary>
        public TimeSpan Tls { get; }
        /// <summary>How long the client waited for the greeting.</summary>
        public TimeSpan Greeting { get; }
        /// <summary>How long EHLO and STARTTLS took.</summary>
        public TimeSpan Ehlo { get; }
        /// <summary>How long the login took.</summary>
        public TimeSpan Login { get; }
        /// <summary>How long MAIL, RCPT and the reply to DATA took.</summary>
        public TimeSpan Envelope { get; }
        /// <summary>How long it took to send the message.</summary>
        public TimeSpan Content { get; }
        /// <summary>How long the client waited for the reply after the message.</summary>
        public TimeSpan Reply { get; }
        /// <summary>In an event of a session, the time since the session began to connect. In an event of a
        /// mail, the time since Send or Submit was called. In an event of the kind Paused, the length of the
        /// pause.</summary>
        public TimeSpan Total { get; }
    }
}
