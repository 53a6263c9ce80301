// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import io.github.libcsmtp.testserver.TestServer;

/** Functions that the tests share. */
final class Mails {
    private Mails() {}

    /** Returns a mailer that sends to a server. */
    static Mailer to(TestServer server) {
        Mailer mail = new Mailer();
        mail.setSMTPServer("localhost", server.port());
        mail.setSecurityType(Security.USE_TLS);
        mail.setCAFile(server.ca());
        mail.setLogin(TestServer.USER);
        mail.setPassword(TestServer.PASSWORD);
        mail.setSenderMail(TestServer.USER);
        mail.addRecipient("bob@test.example", "Jürgen");
        mail.setSubject("Größe 🙂");
        mail.addMsgLine("Grüße");
        return mail;
    }
}
