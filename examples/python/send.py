# SPDX-License-Identifier: MIT
"""send.py SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one
that the server refuses. Uses module csmtp, which is in bindings/python."""
import sys

import csmtp

server, port, login, password, ca_file = sys.argv[1:]
sent = False
with csmtp.Mailer() as mail:
    try:
        mail.set_smtp_server(server, int(port))
        mail.set_security_type(csmtp.USE_TLS)
        mail.set_ca_file(ca_file)
        mail.set_login(login)
        mail.set_password(password)

        mail.set_sender_name("Zoë Ångström")
        mail.set_sender_mail("alice@test.example")
        mail.add_recipient("bob@test.example", "Jürgen Groß")
        mail.add_cc_recipient("carol@test.example", "Łucja Żak")
        mail.set_subject("The café's menu, déjà vu")
        mail.add_msg_line("Two crêpes and a café au lait: 9 €.")
        mail.add_msg_line("The menu is attached.")
        mail.set_html_body("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>")
        menu = "Crêpe: 3 €\nCafé au lait: 3 €\n".encode()
        mail.add_attachment_data("menü.txt", menu, "text/plain; charset=utf-8")
        mail.send()
        sent = True

        mail.del_recipients()
        mail.del_cc_recipients()
        mail.add_recipient("refused@test.example")
        mail.send()
    except csmtp.Error as error:
        print(f"{error.number}: {error}")
sys.exit(0 if sent else 1)
