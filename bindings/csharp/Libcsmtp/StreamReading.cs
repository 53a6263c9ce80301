// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CSmtp
{
    /// <summary>Reads the content of an attachment from a stream, piece by piece. The content can be read
    /// again from its beginning.</summary>
    abstract class StreamReading
    {
        const int Piece = 1 << 16;
        // The content of a stream that cannot seek is copied. If it is larger than InMemory, the copy is a
        // temporary file.
        const int InMemory = 1 << 20;

        /// <summary>Stores the next piece in the buffer of the library, and returns the number of octets. If
        /// 'capacity' is 0, the next call starts again from the beginning of the content.</summary>
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

        /// <summary>Reads the content of a stream from the initial position of the stream.</summary>
        internal sealed class OfStream : StreamReading
        {
            readonly Stream stream;
            readonly long start;
            long offset;

            /// <summary>The number of octets from the initial position to the end.</summary>
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
                // Several attachments can use the same stream.
                lock (stream)
                {
                    stream.Position = offset;
                    int n = stream.Read(data, 0, data.Length);
                    if (n > 0) offset += n;
                    return n;
                }
            }

            // Copies the content of a stream that cannot seek, because the library sometimes reads content twice.
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

        /// <summary>Reads the content of a stream that a function opens. A new stream is opened each time
        /// the content is read.</summary>
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
                if (n == 0) stream.Dispose(); // only Restart sets 'stream' to null
                return n;
            }
        }
    }
}
