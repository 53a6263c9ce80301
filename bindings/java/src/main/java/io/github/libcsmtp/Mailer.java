// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A mailer has settings, a message and, while it is connected, a session. Each method calls the function of
 * csmtp_c.h with the same name: setSubject calls CSmtp_SetSubject. A call that fails throws a {@link
 * CSmtpException}. If a callback throws an exception, the call during which the callback runs is canceled and
 * throws the same exception. The exception then has a suppressed CSmtpException that says what happened to the
 * mail (see getSuppressed).
 *
 * <p>Texts are sent as UTF-8. Several threads can use a mailer: their calls wait for each other. The getters
 * report on the calling thread's last call.
 */
public final class Mailer extends MailerMethods {
    /** The attachments that addAttachmentReader has added. They are read when the mail is sent. */
    final List<Holder> readers = new CopyOnWriteArrayList<>();

    /** Makes a mailer with the library's default settings and the charset UTF-8. */
    public Mailer() {
        super(C.New());
        call(h -> C.SetCharSet(h, "UTF-8"));
    }

    private Mailer(long handle) { super(handle); }

    /** Returns the version of the library, such as "1.0.0". */
    public static String version() { return C.GetVersion(); }

    /** Returns the general text for an error number, without the details of a failed call; "" for 0. */
    public static String errorText(int number) { return C.GetErrorText(number); }

    /**
     * Returns a mailer with a copy of the settings and the message, without the session and the
     * callbacks. A message with an attachment of addAttachmentReader cannot be copied.
     */
    public Mailer copy() {
        if (!readers.isEmpty()) {
            throw new IllegalStateException("the mail has an attachment that is read later, which two mailers cannot share: call delAttachments first, or use addAttachmentData");
        }
        return new Mailer(get(C::Clone));
    }

    /**
     * Closes the session with QUIT and frees the mailer. If a sendAsync is in progress, close cancels it
     * and waits until it has ended. A callback of this mailer cannot call close.
     */
    @Override public void close() {
        if (state.handle() == 0) return;
        Sending sending = state.sending;
        if (sending != null && !sending.isDone() && !Holder.runs(state)) {
            C.Cancel(state.handle());
            Platform.call(() -> {
                sending.await();
                return null;
            });
        }
        free();
        closeReaders();
    }

    private void closeReaders() {
        List<Holder> removed = new ArrayList<>(readers);
        readers.removeAll(removed);
        for (Holder holder : removed) {
            try {
                ((Reader) holder.function).close();
            } catch (IOException e) {
                // The error does not matter, because nothing reads the stream any more.
            }
        }
    }

    // ---- The message

    /**
     * Sets the charset: "UTF-8" (the default) or "US-ASCII". Other charsets are refused, because all texts
     * are passed as UTF-8.
     */
    public void setCharSet(String charset) {
        String name = charset == null ? "" : charset.toUpperCase(Locale.ROOT);
        if (!name.equals("UTF-8") && !name.equals("US-ASCII")) {
            throw new IllegalArgumentException("texts of Java are sent as UTF-8: the charset must be UTF-8 or US-ASCII");
        }
        call(h -> C.SetCharSet(h, name));
    }

    /**
     * Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header fields and
     * Message-ID. The subject, the sender and the settings remain.
     */
    public void clearMessage() {
        call(C::ClearMessage);
        closeReaders();
    }

    /** Removes all attachments and inline images. */
    public void delAttachments() {
        call(C::DelAttachments);
        closeReaders();
    }

    /**
     * Returns a line of the body. The first line has the number 0. Throws IndexOutOfBoundsException if there
     * is no such line.
     */
    public String getMsgLineText(int line) {
        String found = get(h -> C.GetMsgLineText(h, unsigned("line", line)));
        if (found == null) throw new IndexOutOfBoundsException("the body has no line " + line);
        return found;
    }

    /** Adds an attachment whose content is a copy of data. */
    public void addAttachmentData(String name, byte[] data) { addAttachmentData(name, null, data); }

    /**
     * Adds an attachment whose content is a copy of data. If {@code contentType} is null, it is derived from
     * {@code name}.
     */
    public void addAttachmentData(String name, String contentType, byte[] data) {
        call(h -> C.AddAttachmentData(h, text("name", name), text("contentType", contentType), data, data.length));
    }

    /** Adds an attachment from a stream. The stream is read to its end at once, and is not closed. */
    public void addAttachmentStream(String name, InputStream content) throws IOException { addAttachmentStream(name, null, content); }

    /**
     * Adds an attachment from a stream. The stream is read to its end at once, and is not closed. Its
     * content stays in memory: for a large attachment, use a path or addAttachmentReader.
     */
    public void addAttachmentStream(String name, String contentType, InputStream content) throws IOException {
        addAttachmentData(name, contentType, content.readAllBytes());
    }

    /** Adds an attachment whose stream is opened and read when the mail is sent. */
    public void addAttachmentReader(String name, StreamSource source) { addAttachmentReader(name, null, -1, source); }

    /**
     * Adds an attachment whose stream is opened and read when the mail is sent. {@code size} is the number of
     * octets of the stream, or -1 if it is not known. If the stream cannot be read, sending throws a
     * CSmtpException whose cause is the exception of the stream.
     */
    public void addAttachmentReader(String name, String contentType, long size, StreamSource source) {
        if (source == null) throw new IllegalArgumentException("source is null");
        Holder holder = new Holder(state, new Reader(source));
        call(h -> C.AddAttachmentReader(h, text("name", name), text("contentType", contentType), size, C.readFunction(), holder.key));
        readers.add(holder);
    }

    /**
     * Adds an image whose content is a copy of data. The HTML body shows the image with &lt;img
     * src="cid:CONTENT_ID"&gt;.
     */
    public void addInlineImageData(String contentId, String name, String contentType, byte[] data) {
        call(h -> C.AddInlineImageData(h, text("contentId", contentId), text("name", name), text("contentType", contentType), data, data.length));
    }

    /** Sets the header field Date. null means the time of sending. */
    public void setDate(Instant time) { setDate(time == null ? 0 : time.getEpochSecond()); }

    /** Asks the server not to deliver the mail before a time. null clears the request. */
    public void setHoldUntil(Instant time) { setHoldUntil(time == null ? 0 : time.getEpochSecond()); }

    /** Builds the message that send would send, and returns its octets. */
    public byte[] renderMessage() {
        long[] data = new long[1], size = new long[1];
        byte[][] message = new byte[1][];
        call(h -> {
            int number = C.RenderMessage(h, data, size);
            if (number == 0) {
                message[0] = new byte[Math.toIntExact(size[0])];
                if (size[0] > 0) C.memory(data[0], size[0]).get(message[0]);
            }
            return number;
        });
        return message[0];
    }

    // ---- The server

    /**
     * Sets the server. Mails are sent with a login if the server offers AUTH. Port 0 means 25, or 465 with
     * USE_SSL.
     */
    public void setSMTPServer(String server, int port) { setSMTPServer(server, port, true); }

    /** Connects, and logs in as the user set with setLogin and setPassword. */
    public void connectRemoteServer(String server, int port, Security security) {
        connectRemoteServer(server, port, security, true, null, null);
    }

    /** Sets the timeout of a step. null restores the default. */
    public void setTimeout(Timeout step, Duration timeout) {
        if (timeout != null && timeout.isZero()) throw new IllegalArgumentException("the timeout is zero: use null for the default");
        int milliseconds = timeout == null ? 0 : milliseconds(timeout);
        call(h -> C.SetTimeout(h, step.number(), milliseconds));
    }

    /**
     * Returns the parameters of a service extension ("" if it has none), or an empty Optional if the server
     * does not offer the extension or if there is no session.
     */
    public Optional<String> getExtension(String name) {
        return get(h -> Optional.ofNullable(C.GetExtension(h, text("name", name))));
    }

    // ---- Callbacks

    /** Sets a function that is called with each line of the dialogue. null removes it. */
    public void setLogCallback(LogCallback function) {
        setCallback("log", function, C.logFunction(), C::SetLogCallback);
    }

    /**
     * Writes the dialogue to a logger at the level DEBUG, with passwords and tokens masked. null stops the
     * logging.
     */
    public void setLogger(System.Logger logger) {
        setLogCallback(logger == null ? null : (direction, line) -> {
            String mark = direction == Direction.CLIENT ? "C: " : direction == Direction.SERVER ? "S: " : "";
            logger.log(System.Logger.Level.DEBUG, () -> mark + line);
        });
    }

    /** Sets a function that is called while a message is being sent. null removes it. */
    public void setProgressCallback(ProgressCallback function) {
        setCallback("progress", function, C.progressFunction(), C::SetProgressCallback);
    }

    /** Sets the function that provides a token at each login. null removes it. */
    public void setTokenCallback(TokenCallback function) {
        setCallback("token", function, C.tokenFunction(), C::SetTokenCallback);
    }

    /** Sets a function that is called with each event, for example to collect statistics. null removes it. */
    public void setEventCallback(Consumer<Event> function) {
        setCallback("event", function, C.eventFunction(), C::SetEventCallback);
    }

    // ---- Sending

    /** Sends a complete message (RFC 5322). The sender and the recipients are those in its header. */
    public void sendRaw(byte[] message) { sendRaw(message, null, null); }

    /**
     * Sends a complete message. If {@code from} or {@code recipients} is null, the value in the header of the
     * message is used. If {@code from} is "&lt;&gt;", the reverse-path is the null reverse-path. The
     * addresses in {@code recipients} are separated by commas.
     */
    public void sendRaw(byte[] message, String from, String recipients) {
        call(h -> C.SendRaw(h, message, message.length, text("from", from), text("recipients", recipients)));
    }

    /**
     * Sends the given mails over the session of this mailer. This mailer itself must not be one of the mails.
     * Returns the error of each mail, or an empty Optional if the mail was accepted. If a stream or the
     * progress callback of a mail throws an exception, the exception is the cause of the error of that mail.
     * If the log, token or event callback of this mailer throws an exception, the batch is canceled, and the
     * exception is the cause of the error of the first mail that was not accepted. If all mails were accepted,
     * the exception is passed to the uncaught-exception handler.
     */
    public List<Optional<CSmtpException>> sendBatch(List<Mailer> mails) {
        Set<State> states = new HashSet<>(Set.of(state));
        long[] handles = new long[mails.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = mails.get(i).handle();
            states.add(mails.get(i).state);
        }
        return Platform.call(() -> sendBatch(mails, handles, states));
    }

    private List<Optional<CSmtpException>> sendBatch(List<Mailer> mails, long[] handles, Set<State> states) {
        long h = handle();
        int[] numbers = new int[handles.length];
        List<Optional<CSmtpException>> results = new ArrayList<>();
        Call call = new Call(states.toArray(new State[0]));
        try {
            int number = C.SendBatch(h, handles, handles.length, numbers);
            if (number == Errors.BAD_HANDLE) throw CSmtpException.of(h, number, null);
            Raised own = call.raised(state);
            for (int i = 0; i < handles.length; i++) {
                Raised raised = call.raised(mails.get(i).state);
                Throwable cause = raised != null ? raised.thrown : numbers[i] != 0 && own != null ? own.thrown : null;
                if (numbers[i] != 0 && raised == null) own = null;
                boolean unread = raised != null && raised.reader && numbers[i] != 0;
                if (cause != null && !unread) results.add(Optional.of(CSmtpException.afterCallback(handles[i], numbers[i], cause)));
                else results.add(numbers[i] == 0 ? Optional.empty() : Optional.of(CSmtpException.of(handles[i], numbers[i], cause)));
            }
            if (own != null) Raised.uncaught(own.thrown);
        } finally {
            call.end();
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(mails);
        }
        return results;
    }

    /**
     * Starts to send the message on a thread of the library. The future completes when the mailer can be used
     * again. If the mail was not accepted, the future completes with a CSmtpException. If a callback throws
     * an exception, the send is canceled and the future completes with that exception. If the program itself
     * completes the future, the send is canceled: with the methods {@code cancel}, {@code complete} and {@code
     * completeExceptionally}, or when the time of {@code orTimeout} or {@code completeOnTimeout} is over.
     * getOutcome then waits until the send has ended, and says what happened to the mail.
     */
    public CompletableFuture<Void> sendAsync() {
        long h = handle();
        Sending sending = new Sending(this, h), before = state.sending;
        if (before != null && before.isDone() && !Holder.runs(state)) {
            // The program has completed the future of the previous send itself, so the send may not have
            // ended yet.
            Platform.call(() -> {
                before.await();
                return null;
            });
        }
        long key = Callbacks.await(sending);
        boolean started = false;
        state.sending = sending;
        try {
            call(handle -> C.SendAsync(handle, C.doneFunction(), key));
            started = true;
        } finally {
            if (!started) {
                Callbacks.forget(key);
                state.sending = before;
            }
        }
        return sending;
    }

    // ---- What happened

    /**
     * Returns the error number of the last failed call, or 0 if no call has failed since a mail was last sent
     * or a connection was last opened.
     */
    public int getLastError() { return get(C::GetLastError); }

    /**
     * Returns how long to wait before the next mail, if the mail service has requested a delay; otherwise
     * zero.
     */
    public Duration getRetryAfter() { return Duration.ofSeconds(get(C::GetRetryAfter)); }

    /** Returns the result for each recipient of the last mail, in the order To, Cc, Bcc. */
    public List<Recipient> getResults() {
        return get(h -> {
            List<Recipient> rows = new ArrayList<>();
            for (int row = 0, count = C.GetResultCount(h); row < count; row++) {
                rows.add(new Recipient(C.GetResultRecipient(h, row), C.GetResultAccepted(h, row) != 0,
                    C.GetResultCode(h, row), C.GetResultEnhancedCode(h, row), C.GetResultReply(h, row)));
            }
            return rows;
        });
    }
}
