#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# send.pl SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
# the server refuses. String literals are the octets of this file, which is UTF-8.
use strict;
use warnings;
use FFI::Platypus 1.00;

use constant USE_TLS => 1;

my $ffi = FFI::Platypus->new(api => 1, lib => 'libcsmtp.so.1');
$ffi->type('size_t' => 'handle'); # as wide as uintptr_t
$ffi->attach(CSmtp_New => [] => 'handle');
$ffi->attach(CSmtp_Free => ['handle'] => 'void');
$ffi->attach(CSmtp_GetLastErrorText => ['handle'] => 'string');

my %more = (
    SetSMTPServer     => [qw(string uint16 int)],
    SetSecurityType   => ['int'],
    AddRecipient      => [qw(string string)],
    AddCCRecipient    => [qw(string string)],
    AddAttachmentData => [qw(string string string size_t)],
    Send              => [],
    DelRecipients     => [],
    DelCCRecipients   => [],
);
my $mail = CSmtp_New();

# Calls the function CSmtp_NAME. If the result is not 0, dies with the error text, which contains the
# server's reply.
sub call {
    my ($name, @arguments) = @_;
    my $function = $ffi->function("CSmtp_$name" => ['handle', @{ $more{$name} // ['string'] }] => 'int');
    my $number = $function->call($mail, @arguments);
    die "$number: " . CSmtp_GetLastErrorText($mail) . "\n" if $number;
}

my ($server, $port, $login, $password, $ca_file) = @ARGV;
my $sent = 0;
eval {
    call(SetSMTPServer => $server, $port, 1);
    call(SetSecurityType => USE_TLS);
    call(SetCAFile => $ca_file);
    call(SetLogin => $login);
    call(SetPassword => $password);

    call(SetCharSet => 'UTF-8');
    call(SetSenderName => 'Zoë Ångström');
    call(SetSenderMail => 'alice@test.example');
    call(AddRecipient => 'bob@test.example', 'Jürgen Groß');
    call(AddCCRecipient => 'carol@test.example', 'Łucja Żak');
    call(SetSubject => "The café's menu, déjà vu");
    call(AddMsgLine => 'Two crêpes and a café au lait: 9 €.');
    call(AddMsgLine => 'The menu is attached.');
    call(SetHTMLBody => '<p>Two crêpes and a café au lait: <b>9 €</b>.</p>');
    my $menu = "Crêpe: 3 €\nCafé au lait: 3 €\n";
    call(AddAttachmentData => 'menü.txt', 'text/plain; charset=utf-8', $menu, length $menu);
    call('Send');
    $sent = 1;

    call('DelRecipients');
    call('DelCCRecipients');
    call(AddRecipient => 'refused@test.example', undef);
    call('Send');
    1;
} or print $@;
CSmtp_Free($mail);
exit($sent ? 0 : 1);
