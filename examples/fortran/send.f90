! SPDX-License-Identifier: MIT
! send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
! the server refuses.
module csmtp
  use, intrinsic :: iso_c_binding
  implicit none
  integer(c_int), parameter :: use_tls = 1

  ! All setters with one text as their only argument have the same interface.
  abstract interface
    integer(c_int) function text_setter(mail, text) bind(c)
      import :: c_int, c_intptr_t, c_char
      integer(c_intptr_t), value :: mail
      character(kind=c_char), intent(in) :: text(*)
    end function
    integer(c_int) function action(mail) bind(c)
      import :: c_int, c_intptr_t
      integer(c_intptr_t), value :: mail
    end function
    integer(c_int) function recipient_adder(mail, email, name) bind(c)
      import :: c_int, c_intptr_t, c_char
      integer(c_intptr_t), value :: mail
      character(kind=c_char), intent(in) :: email(*), name(*)
    end function
  end interface
  procedure(text_setter), bind(c, name="CSmtp_SetCAFile") :: set_ca_file
  procedure(text_setter), bind(c, name="CSmtp_SetLogin") :: set_login
  procedure(text_setter), bind(c, name="CSmtp_SetPassword") :: set_password
  procedure(text_setter), bind(c, name="CSmtp_SetCharSet") :: set_charset
  procedure(text_setter), bind(c, name="CSmtp_SetSenderName") :: set_sender_name
  procedure(text_setter), bind(c, name="CSmtp_SetSenderMail") :: set_sender_mail
  procedure(text_setter), bind(c, name="CSmtp_SetSubject") :: set_subject
  procedure(text_setter), bind(c, name="CSmtp_AddMsgLine") :: add_line
  procedure(text_setter), bind(c, name="CSmtp_SetHTMLBody") :: set_html_body
  procedure(action), bind(c, name="CSmtp_DelRecipients") :: del_recipients
  procedure(action), bind(c, name="CSmtp_DelCCRecipients") :: del_cc_recipients
  procedure(action), bind(c, name="CSmtp_Send") :: send_now
  procedure(recipient_adder), bind(c, name="CSmtp_AddRecipient") :: add_recipient
  procedure(recipient_adder), bind(c, name="CSmtp_AddCCRecipient") :: add_cc_recipient

  interface
    integer(c_intptr_t) function new_mail() bind(c, name="CSmtp_New")
      import :: c_intptr_t
    end function
    subroutine free_mail(mail) bind(c, name="CSmtp_Free")
      import :: c_intptr_t
      integer(c_intptr_t), value :: mail
    end subroutine
    integer(c_int) function set_server(mail, server, port, authenticate) bind(c, name="CSmtp_SetSMTPServer")
      import :: c_int, c_intptr_t, c_char, c_short
      integer(c_intptr_t), value :: mail
      character(kind=c_char), intent(in) :: server(*)
      integer(c_short), value :: port
      integer(c_int), value :: authenticate
    end function
    integer(c_int) function set_security(mail, kind) bind(c, name="CSmtp_SetSecurityType")
      import :: c_int, c_intptr_t
      integer(c_intptr_t), value :: mail
      integer(c_int), value :: kind
    end function
    integer(c_int) function add_data(mail, name, kind, data, size) bind(c, name="CSmtp_AddAttachmentData")
      import :: c_int, c_intptr_t, c_char, c_size_t
      integer(c_intptr_t), value :: mail
      character(kind=c_char), intent(in) :: name(*), kind(*), data(*)
      integer(c_size_t), value :: size
    end function
    type(c_ptr) function last_error_text(mail) bind(c, name="CSmtp_GetLastErrorText")
      import :: c_ptr, c_intptr_t
      integer(c_intptr_t), value :: mail
    end function
    integer(c_size_t) function strlen(text) bind(c)
      import :: c_ptr, c_size_t
      type(c_ptr), value :: text
    end function
  end interface
contains
  !> Calls a setter with one text as its argument, and stops on failure.
  subroutine set(setter, mail, text)
    procedure(text_setter) :: setter
    integer(c_intptr_t), intent(in) :: mail
    character(*), intent(in) :: text
    if (setter(mail, text // c_null_char) /= 0) error stop 1
  end subroutine

  !> Adds a recipient with the given function, and stops on failure.
  subroutine add(adder, mail, email, name)
    procedure(recipient_adder) :: adder
    integer(c_intptr_t), intent(in) :: mail
    character(*), intent(in) :: email, name
    if (adder(mail, email // c_null_char, name // c_null_char) /= 0) error stop 1
  end subroutine

  !> Sends the mail. On failure, prints the error, which contains the server's reply.
  integer(c_int) function send_it(mail)
    integer(c_intptr_t), value :: mail
    type(c_ptr) :: address
    character(kind=c_char), pointer :: text(:)
    send_it = send_now(mail)
    if (send_it == 0) return
    address = last_error_text(mail)
    call c_f_pointer(address, text, [strlen(address)])
    print '(i0, ": ", *(a))', send_it, text
  end function
end module

program send
  use csmtp
  implicit none
  integer(c_intptr_t) :: mail
  integer(c_int) :: error
  integer :: port
  character(*), parameter :: menu = "Crêpe: 3 €" // c_new_line // "Café au lait: 3 €" // c_new_line
  character(:), allocatable :: digits

  mail = new_mail()
  digits = argument(2)
  read (digits, *) port
  if (port > 32767) port = port - 65536 ! the parameter is an unsigned short, which Fortran lacks
  error = set_server(mail, argument(1) // c_null_char, int(port, c_short), 1)
  error = set_security(mail, use_tls)
  call set(set_ca_file, mail, argument(5))
  call set(set_login, mail, argument(3))
  call set(set_password, mail, argument(4))

  call set(set_charset, mail, "UTF-8")
  call set(set_sender_name, mail, "Zoë Ångström")
  call set(set_sender_mail, mail, "alice@test.example")
  call add(add_recipient, mail, "bob@test.example", "Jürgen Groß")
  call add(add_cc_recipient, mail, "carol@test.example", "Łucja Żak")
  call set(set_subject, mail, "The café's menu, déjà vu")
  call set(add_line, mail, "Two crêpes and a café au lait: 9 €.")
  call set(add_line, mail, "The menu is attached.")
  call set(set_html_body, mail, "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>")
  error = add_data(mail, "menü.txt" // c_null_char, "text/plain; charset=utf-8" // c_null_char, menu, len(menu, c_size_t))
  error = send_it(mail)
  if (error /= 0) stop 1

  error = del_recipients(mail)
  error = del_cc_recipients(mail)
  call add(add_recipient, mail, "refused@test.example", "")
  error = send_it(mail)
  call free_mail(mail)
contains
  !> Returns an argument of the command line.
  function argument(n) result(text)
    integer, intent(in) :: n
    character(:), allocatable :: text
    integer :: length
    call get_command_argument(n, length=length)
    allocate (character(length) :: text)
    call get_command_argument(n, text)
  end function
end program
