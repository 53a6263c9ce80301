// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CSmtp
{
    /// <summary>Reads an attachment from a stream in pieces, from its beginning as often as necessary.</summary>
    abstract class StreamReading
    {
        const int Piece = 1 << 16;
        // So much of a stream that cannot seek stays in memory; a larger content is copied to a temporary file.
        const int InMemory = 1 << 20;

        /// <summary>Stores a piece in the buffer of the library. A capacity of 0 means: start again.</summary>
        internal long Read(IntPtr buffer, ulong capacity)
        {
            if (capacity == 0)
            {
                Restart();
                return 0;
            }
            var data = new byte[(int)Math.Min(capacity, Piece)];
            int n = Next(data);
            if (n < 0 || n > data.Length) throw new IOException("Read returned " + n + " octets, although at most " + data.Length + " were asked for");
            Marshal.Copy(data, 0, buffer, n);
            return n;
        }

        protected abstract void Restart();
        protected abstract int Next(byte[] data);

        /// <summary>Reads what follows the position of a stream.</summary>
        internal sealed class OfStream : StreamReading
        {
            readonly Stream stream;
            readonly long start;
            long offset;

            /// <summary>The number of octets.</summary>
            internal readonly long Size;

            internal OfStream(Stream source)
            {
                stream = source.CanSeek ? source : Copy(source);
                start = offset = stream.Position;
                Size = Math.Max(stream.Length - start, 0);
            }

            protected override void Restart() { offset = start; }

            protected override int Next(byte[] data)
            {
                // Several attachments may have the same stream.
                lock (stream)
                {
                    stream.Position = offset;
                    int n = stream.Read(data, 0, data.Length);
                    if (n > 0) offset += n;
                    return n;
                }
            }

            // The library may have to read the content twice.
            static Stream Copy(Stream source)
            {
                Stream copy = new MemoryStream();
                try
                {
                    var data = new byte[Piece];
                    for (int n; (n = source.Read(data, 0, data.Length)) > 0; copy.Write(data, 0, n))
                    {
                        if (copy is MemoryStream && copy.Length + n > InMemory)
                        {
                            var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, Piece, FileOptions.DeleteOnClose);
                            ((MemoryStream)copy).WriteTo(file);
                            copy = file;
                        }
                    }
                    copy.Position = 0;
                    return copy;
                }
                catch
                {
                    copy.Dispose();
                    throw;
                }
            }
        }

        /// <summary>Reads streams that a function opens.</summary>
        internal sealed class OfFunction : StreamReading
        {
            readonly Func<Stream> open;
            Stream stream;

            internal OfFunction(Func<Stream> open) { this.open = open; }

            protected override void Restart()
            {
                Stream before = stream;
                stream = null;
                before?.Dispose();
            }

            protected override int Next(byte[] data)
            {
                if (stream == null) stream = open() ?? throw new IOException("the function that opens the attachment returned null");
                int n = stream.Read(data, 0, data.Length);
                if (n == 0) stream.Dispose(); // it is at its end until Restart
                return n;
            }
        }
    }
}
