// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace CSmtp
{
    /// <summary>Converts texts to and from UTF-8 with a NUL at the end. Exceptions do not quote the text,
    /// because it could be a password.</summary>
    static class Text
    {
        static readonly Encoding strict = new UTF8Encoding(false, true);

        internal static byte[] Of(string text, string parameter)
        {
            if (text == null) throw new ArgumentNullException(parameter);
            if (text.IndexOf('\0') >= 0) throw new ArgumentException("the text contains a NUL character", parameter);
            byte[] octets;
            try
            {
                octets = new byte[strict.GetByteCount(text) + 1];
                strict.GetBytes(text, 0, text.Length, octets, 0);
            }
            catch (EncoderFallbackException)
            {
                octets = null; // drop the exception, because it contains a character of the text
            }
            if (octets == null) throw new ArgumentException("the text is not valid Unicode: it contains half of a surrogate pair", parameter);
            return octets;
        }

        internal static byte[] OfOptional(string text, string parameter)
        {
            return text == null ? null : Of(text, parameter);
        }

        internal static string From(IntPtr text)
        {
            return FromOptional(text) ?? "";
        }

        internal static string FromOptional(IntPtr text)
        {
            if (text == IntPtr.Zero) return null;
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0) length++;
            return Encoding.UTF8.GetString(Octets(text, length));
        }

        internal static byte[] Octets(IntPtr data, int length)
        {
            var octets = new byte[length];
            if (length > 0) Marshal.Copy(data, octets, 0, length);
            return octets;
        }
    }
}
