// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CSmtp.Testing
{
    /// <summary>Reads and writes the part of JSON (RFC 8259) that csmtp-testserver uses. An object is a
    /// dictionary, an array is a list, and a number is a double.</summary>
    sealed class Json
    {
        readonly string text;
        int at;

        Json(string text) { this.text = text; }

        internal static object Parse(string text)
        {
            var json = new Json(text);
            object value = json.Value();
            json.Blanks();
            if (json.at != text.Length) throw json.Wrong();
            return value;
        }

        internal static string Quote(string text)
        {
            var b = new StringBuilder("\"");
            foreach (char c in text)
            {
                if (c == '"' || c == '\\') b.Append('\\').Append(c);
                else if (c < ' ') b.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                else b.Append(c);
            }
            return b.Append('"').ToString();
        }

        FormatException Wrong() { return new FormatException("invalid JSON at character " + at); }

        void Blanks()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
        }

        bool Take(string word)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) return false;
            at += word.Length;
            return true;
        }

        object Value()
        {
            Blanks();
            if (Take("{")) return Object();
            if (Take("[")) return Array();
            if (Take("\"")) return String();
            if (Take("true")) return true;
            if (Take("false")) return false;
            if (Take("null")) return null;
            int start = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0) at++;
            double number;
            if (!double.TryParse(text.Substring(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out number)) throw Wrong();
            return number;
        }

        Dictionary<string, object> Object()
        {
            var members = new Dictionary<string, object>();
            Blanks();
            if (Take("}")) return members;
            do
            {
                Blanks();
                if (!Take("\"")) throw Wrong();
                string name = String();
                Blanks();
                if (!Take(":")) throw Wrong();
                members[name] = Value();
                Blanks();
            } while (Take(","));
            if (!Take("}")) throw Wrong();
            return members;
        }

        List<object> Array()
        {
            var values = new List<object>();
            Blanks();
            if (Take("]")) return values;
            do
            {
                values.Add(Value());
                Blanks();
            } while (Take(","));
            if (!Take("]")) throw Wrong();
            return values;
        }

        string String()
        {
            var b = new StringBuilder();
            for (; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] != '\\')
                {
                    b.Append(text[at]);
                    continue;
                }
                if (++at >= text.Length) break;
                int escape = "bfnrt".IndexOf(text[at]);
                if (escape >= 0)
                {
                    b.Append("\b\f\n\r\t"[escape]);
                }
                else if (text[at] == 'u')
                {
                    int code;
                    if (at + 4 >= text.Length || !int.TryParse(text.Substring(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)) throw Wrong();
                    b.Append((char)code);
                    at += 4;
                }
                else
                {
                    b.Append(text[at]);
                }
            }
            if (!Take("\"")) throw Wrong();
            return b.ToString();
        }
    }
}
