# SPDX-License-Identifier: MIT
# send.rb SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
# the server refuses. Uses the module in bindings/ruby.
require "csmtp"

server, port, login, password, ca_file = ARGV
sent = false
Csmtp::Mailer.open do |mail|
  mail.set_smtp_server(server, port.to_i)
  mail.set_security_type(Csmtp::USE_TLS)
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
  mail.add_attachment_data("menü.txt", "Crêpe: 3 €\nCafé au lait: 3 €\n", "text/plain; charset=utf-8")
  mail.deliver
  sent = true

  mail.del_recipients
  mail.del_cc_recipients
  mail.add_recipient("refused@test.example")
  mail.deliver
rescue Csmtp::Error => e
  puts "#{e.number}: #{e.message}"
end
exit sent
