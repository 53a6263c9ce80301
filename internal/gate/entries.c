/* SPDX-License-Identifier: MIT
 *
 * entries.c: the functions of csmtp_c.h that gate.c does not contain, because
 * they do not have the usual form.
 */
#include "entry.h"

void CSMTP_CALL CSmtp_Free(CSmtpHandle h)
{
  struct gateVisit v;
  void(CSMTP_CALL * copy)(CSmtpHandle);
  switch (h == 0 ? CSMTP_BAD_HANDLE : gateEnter(&v, h, GATE_WRITES | GATE_FREES)) {
  case GATE_OPEN:
    if (GATE_LANDING(&v))
      break;
    goFree(h);
    gateLeave(&v);
    break;
  case GATE_COPY:
    *(void **)&copy = gateCopy(GATE_ENTRY_Free, "CSmtp_Free");
    if (copy != NULL)
      copy(h);
    break;
  default: /* nothing to free in this process */
    break;
  }
}

/* CSmtp_GetLastError returns the last error of h. If h is 0, it returns the error of this
 * thread's last call without a valid handle, regardless of whether this image of the
 * library or the private copy executed that call. */
static int last_error(CSmtpHandle h) { GATE_CODE(h, 0, goGetLastError(h), GetLastError, (h)) }

int CSMTP_CALL CSmtp_GetLastError(CSmtpHandle h)
{
  struct gateThread *t = gateThreadKnown();
  int(CSMTP_CALL * copy)(CSmtpHandle);
  if (h != 0)
    return last_error(h);
  if (t != NULL && t->code != 0)
    return t->code;
  *(void **)&copy = gateCopy(GATE_ENTRY_GetLastError, "CSmtp_GetLastError");
  return copy != NULL ? copy(0) : 0;
}

static const char *last_error_text(CSmtpHandle h)
{
  GATE(const char *, gateRefusal(v.code), h, 0, goGetLastErrorText(h), GetLastErrorText, (h), )
}

const char *CSMTP_CALL CSmtp_GetLastErrorText(CSmtpHandle h)
{
  struct gateThread *t = gateThreadKnown();
  const char *(CSMTP_CALL * copy)(CSmtpHandle);
  if (h != 0)
    return last_error_text(h);
  if (t != NULL && t->code != 0)
    return t->text;
  *(void **)&copy = gateCopy(GATE_ENTRY_GetLastErrorText, "CSmtp_GetLastErrorText");
  return copy != NULL ? copy(0) : "";
}
