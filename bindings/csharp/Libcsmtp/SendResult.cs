// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.Serialization;

namespace CSmtp
{
    /// <summary>The result of a mail for one recipient.</summary>
    [Serializable]
    public sealed class RecipientResult
    {
        internal RecipientResult(UIntPtr handle, uint row)
        {
            Address = Text.From(Native.GetResultRecipient(handle, row));
            Accepted = Native.GetResultAccepted(handle, row) != 0;
            Code = Native.GetResultCode(handle, row);
            EnhancedCode = Text.From(Native.GetResultEnhancedCode(handle, row));
            Reply = Text.From(Native.GetResultReply(handle, row));
        }

        public string Address { get; }
        public bool Accepted { get; }
        /// <summary>The reply code, such as 550. 0 if there was no reply.</summary>
        public int Code { get; }
        /// <summary>The enhanced status code, such as "5.1.1", or "".</summary>
        public string EnhancedCode { get; }
        /// <summary>The whole reply, or "".</summary>
        public string Reply { get; }
    }

    /// <summary>The result of a mail or of a failed call.</summary>
    [Serializable]
    public sealed class SendResult
    {
        internal SendResult(UIntPtr handle, int number)
        {
            // If the call was refused because a mail is being sent, the functions that report on an attempt
            // would wait until that send is over, and report on it. They are therefore not called.
            bool attempted = number != (int)ErrorNumber.Busy;
            var recipients = new List<RecipientResult>();
            Number = (ErrorNumber)number;
            ErrorText = number == 0 || handle == UIntPtr.Zero ? "" : Text.From(Native.GetLastErrorText(handle));
            if (number != 0 && ErrorText == "") ErrorText = Text.From(Native.GetErrorText(number));
            ReplyText = EnhancedCode = QueueId = MessageId = "";
            if (handle == UIntPtr.Zero)
            {
                Recipients = recipients.AsReadOnly();
                return;
            }
            ReplyText = Text.From(Native.GetLastReply(handle));
            ReplyCode = Native.GetLastReplyCode(handle);
            EnhancedCode = Text.From(Native.GetLastEnhancedCode(handle));
            Phase = (Phase)Native.GetPhase(handle);
            Kind = (ErrorKind)Native.GetErrorKind(handle);
            IsLoginError = number != 0 && Native.IsLoginError(handle) != 0;
            RetryAfter = TimeSpan.FromSeconds(Native.GetRetryAfter(handle));
            if (attempted)
            {
                Outcome = (Outcome)Native.GetOutcome(handle);
                IsSafeToRetry = Native.IsSafeToRetry(handle) != 0;
                QueueId = Text.From(Native.GetQueueID(handle));
                MessageId = Text.From(Native.GetMessageID(handle));
                for (uint row = 0; row < Native.GetResultCount(handle); row++) recipients.Add(new RecipientResult(handle, row));
            }
            Recipients = recipients.AsReadOnly();
        }

        /// <summary>The error number, which is NoError if the call succeeded.</summary>
        public ErrorNumber Number { get; }
        /// <summary>The error text. It says what failed, what the server replied, and what to do. "" after
        /// success.</summary>
        public string ErrorText { get; }
        /// <summary>Whether the mail was delivered: Accepted, InDoubt and so on.</summary>
        public Outcome Outcome { get; }
        /// <summary>The step of the session that failed.</summary>
        public Phase Phase { get; }
        /// <summary>The kind of the error.</summary>
        public ErrorKind Kind { get; }
        /// <summary>The reply that accepted the mail or caused the error, such as "550 5.1.1 No such user". "" if
        /// there was none.</summary>
        public string ReplyText { get; }
        /// <summary>The code of that reply, such as 550. 0 if there was none.</summary>
        public int ReplyCode { get; }
        /// <summary>The enhanced status code of that reply, such as "5.1.1", or "".</summary>
        public string EnhancedCode { get; }
        /// <summary>Whether nothing was delivered and a later attempt might succeed.</summary>
        public bool IsSafeToRetry { get; }
        /// <summary>How long to wait before the next mail, if the mail service has requested a delay; otherwise
        /// zero.</summary>
        public TimeSpan RetryAfter { get; }
        /// <summary>Whether the login failed and would fail again with the same credentials.</summary>
        public bool IsLoginError { get; }
        /// <summary>The identifier that the server has given to the mail (queue id), or "".</summary>
        public string QueueId { get; }
        /// <summary>The Message-ID of the mail, or "".</summary>
        public string MessageId { get; }
        /// <summary>The result for each recipient of the mail, in the order To, Cc, Bcc.</summary>
        public IReadOnlyList<RecipientResult> Recipients { get; }
    }

    /// <summary>A failed call. The message says what failed, what the server replied, and what to do.</summary>
    [Serializable]
    public class CSmtpException : Exception
    {
        internal CSmtpException(SendResult result) : base(result.ErrorText)
        {
            Result = result;
        }

        internal CSmtpException(SendResult result, Exception callback)
            : base("a callback has thrown an exception, " + Happened(result.Outcome), callback)
        {
            Result = result;
        }

        static string Happened(Outcome outcome)
        {
            switch (outcome)
            {
                case Outcome.Accepted: return "but the server has accepted the mail: do not send it again";
                case Outcome.Partial: return "but the server has accepted the mail for some recipients: do not send it to them again";
                case Outcome.InDoubt: return "but the server may have accepted the mail: do not send it again before you know";
                case Outcome.RejectedTemporary: return "and the server has refused the mail for the time being";
                case Outcome.RejectedPermanent: return "and the server has refused the mail";
                default: return "and the mail was not sent";
            }
        }

        protected CSmtpException(SerializationInfo info, StreamingContext context) : base(info, context)
        {
            Result = (SendResult)info.GetValue("Result", typeof(SendResult));
        }

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("Result", Result);
        }

        /// <summary>All details.</summary>
        public SendResult Result { get; }
        public ErrorNumber Number { get { return Result.Number; } }
        /// <summary>The step of the session that failed.</summary>
        public Phase Phase { get { return Result.Phase; } }
        /// <summary>The kind of the error.</summary>
        public ErrorKind Kind { get { return Result.Kind; } }
        public int ReplyCode { get { return Result.ReplyCode; } }
        public string ReplyText { get { return Result.ReplyText; } }
        public string EnhancedCode { get { return Result.EnhancedCode; } }
        /// <summary>Whether the mail was delivered: NotSent, InDoubt and so on.</summary>
        public Outcome Outcome { get { return Result.Outcome; } }
        /// <summary>Whether nothing was delivered and a later attempt might succeed.</summary>
        public bool IsSafeToRetry { get { return Result.IsSafeToRetry; } }
        /// <summary>How long to wait before the next mail, if the mail service has requested a delay; otherwise
        /// zero.</summary>
        public TimeSpan RetryAfter { get { return Result.RetryAfter; } }
        /// <summary>Whether the login failed and would fail again with the same credentials.</summary>
        public bool IsLoginError { get { return Result.IsLoginError; } }
    }
}
