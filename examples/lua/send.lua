-- SPDX-License-Identifier: MIT
-- luajit send.lua SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then
-- one that the server refuses.
local ffi = require("ffi")

ffi.cdef [[
uintptr_t CSmtp_New(void);
void CSmtp_Free(uintptr_t h);
int CSmtp_SetSMTPServer(uintptr_t h, const char *server, unsigned short port, int authenticate);
int CSmtp_SetSecurityType(uintptr_t h, int type);
int CSmtp_SetCAFile(uintptr_t h, const char *path);
int CSmtp_SetLogin(uintptr_t h, const char *login);
int CSmtp_SetPassword(uintptr_t h, const char *password);
int CSmtp_SetCharSet(uintptr_t h, const char *charset);
int CSmtp_SetSenderName(uintptr_t h, const char *name);
int CSmtp_SetSenderMail(uintptr_t h, const char *email);
int CSmtp_AddRecipient(uintptr_t h, const char *email, const char *name);
int CSmtp_AddCCRecipient(uintptr_t h, const char *email, const char *name);
int CSmtp_DelRecipients(uintptr_t h);
int CSmtp_DelCCRecipients(uintptr_t h);
int CSmtp_SetSubject(uintptr_t h, const char *subject);
int CSmtp_AddMsgLine(uintptr_t h, const char *line);
int CSmtp_SetHTMLBody(uintptr_t h, const char *html);
int CSmtp_AddAttachmentData(uintptr_t h, const char *name, const char *type, const void *data, size_t size);
int CSmtp_Send(uintptr_t h);
const char *CSmtp_GetLastErrorText(uintptr_t h);
]]
local lib = ffi.load("libcsmtp.so.1")
local USE_TLS = 1
local handle = lib.CSmtp_New()

-- mail.Name(...) calls CSmtp_Name. If the result is not 0, it raises an error whose text
-- contains the server's reply.
local mail = setmetatable({}, {
  __index = function(_, name)
    return function(...)
      local number = lib["CSmtp_" .. name](handle, ...)
      if number ~= 0 then
        error(number .. ": " .. ffi.string(lib.CSmtp_GetLastErrorText(handle)), 0)
      end
    end
  end,
})

local server, port, login, password, ca_file = unpack(arg)
local sent = false
local ok, words = pcall(function()
  mail.SetSMTPServer(server, tonumber(port), 1)
  mail.SetSecurityType(USE_TLS)
  mail.SetCAFile(ca_file)
  mail.SetLogin(login)
  mail.SetPassword(password)

  mail.SetCharSet("UTF-8")
  mail.SetSenderName("Zoë Ångström")
  mail.SetSenderMail("alice@test.example")
  mail.AddRecipient("bob@test.example", "Jürgen Groß")
  mail.AddCCRecipient("carol@test.example", "Łucja Żak")
  mail.SetSubject("The café's menu, déjà vu")
  mail.AddMsgLine("Two crêpes and a café au lait: 9 €.")
  mail.AddMsgLine("The menu is attached.")
  mail.SetHTMLBody("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>")
  local menu = "Crêpe: 3 €\nCafé au lait: 3 €\n"
  mail.AddAttachmentData("menü.txt", "text/plain; charset=utf-8", menu, #menu)
  mail.Send()
  sent = true

  mail.DelRecipients()
  mail.DelCCRecipients()
  mail.AddRecipient("refused@test.example", nil)
  mail.Send()
end)
if not ok then print(words) end
lib.CSmtp_Free(handle)
os.exit(sent and 0 or 1)
