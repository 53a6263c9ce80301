// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CSmtp
{
    /// <summary>The shared library libcsmtp: its version and its error texts.</summary>
    public static class Library
    {
        static readonly object loading = new object();
        static IntPtr library;
        static string path;

        static bool IsWindows { get { return Environment.OSVersion.Platform == PlatformID.Win32NT; } }

        /// <summary>Whether callbacks must run on threads of the program. This is true with Mono, except on
        /// Windows. Mono's garbage collector sends a signal to every thread that has run a callback, and waits
        /// until the thread has handled the signal. Threads of the library block signals, so the collector
        /// would wait for ever.</summary>
        internal static readonly bool OnlyOwnThreads = !IsWindows && Type.GetType("Mono.Runtime") != null;

        /// <summary>Returns the version of the library, such as "1.0.0".</summary>
        public static string Version
        {
            get
            {
                Load();
                return Text.From(Native.GetVersion());
            }
        }

        /// <summary>Returns the general text for an error number, without the details of a failed call.</summary>
        public static string ErrorText(ErrorNumber number)
        {
            Load();
            return Text.From(Native.GetErrorText((int)number));
        }

        /// <summary>Loads the library and looks up all its functions, if this has not been done yet. The
        /// library is the file that the environment variable CSMTP_LIBRARY names. If the variable is not set,
        /// the library is searched for in the folders of the assembly, the package and the program, in the
        /// folders that .NET lists for native libraries, in the subfolders runtimes/RID/native of all these
        /// folders, where NuGet puts it, and then in the folders of the system.</summary>
        internal static void Load()
        {
            try
            {
                RuntimeHelpers.RunClassConstructor(typeof(Native).TypeHandle);
            }
            catch (TypeInitializationException e)
            {
                ExceptionDispatchInfo.Capture(e.InnerException ?? e).Throw();
            }
        }

        internal static T Function<T>(string name) where T : class
        {
            lock (loading)
            {
                if (library == IntPtr.Zero) library = Find();
            }
            IntPtr address = IsWindows ? Windows.GetProcAddress(library, name) : Unix.dlsym(library, name);
            if (address == IntPtr.Zero)
                throw new EntryPointNotFoundException(path + " has no function " + name + ": install version " + Made.For + " of csmtp or a later one, or set CSMTP_LIBRARY to the path of its library");
            return (T)(object)Marshal.GetDelegateForFunctionPointer(address, typeof(T));
        }

        /// <summary>Returns the path of a program such as csmtp-testserver. The program is searched for in the
        /// folder of the loaded library, in the folders that Load uses, and in their subfolders tools/RID. If
        /// it is in none of them, returns null.</summary>
        internal static string Program(string name)
        {
            try
            {
                Load();
            }
            catch (DllNotFoundException)
            {
                // The program may exist even if the library cannot be loaded.
            }
            var folders = new List<string>();
            if (!string.IsNullOrEmpty(path) && path.IndexOfAny(new[] { '/', '\\' }) >= 0) folders.Add(Path.GetDirectoryName(Path.GetFullPath(path)));
            folders.AddRange(Folders());
            foreach (string folder in folders)
            {
                string found = Path.Combine(folder, name);
                if (File.Exists(found)) return found;
                foreach (string system in Systems)
                {
                    found = Path.Combine(folder, "tools", system, name);
                    // If several system names are possible, the right one is in the path of the loaded
                    // library. This check skips programs for another processor.
                    if (File.Exists(found) && (path == null || path.Contains(system) || Systems.Length == 1 || !path.Contains("runtimes"))) return found;
                }
            }
            return null;
        }

        /// <summary>Makes a program executable, because some package managers do not keep the mode of
        /// files.</summary>
        internal static void MakeExecutable(string file)
        {
            const int Executable = 1;
            if (!IsWindows && Unix.access(file, Executable) != 0) Unix.chmod(file, Convert.ToInt32("755", 8));
        }

        static IntPtr Find()
        {
            string chosen = Environment.GetEnvironmentVariable("CSMTP_LIBRARY");
            var places = string.IsNullOrEmpty(chosen) ? Places() : new[] { chosen };
            var said = new StringBuilder();
            foreach (string place in places)
            {
                bool isPath = place.IndexOfAny(new[] { '/', '\\' }) >= 0;
                if (isPath && string.IsNullOrEmpty(chosen) && !File.Exists(place)) continue;
                string error;
                IntPtr found = Open(place, out error);
                if (found != IntPtr.Zero)
                {
                    path = place;
                    return found;
                }
                said.Append("; ").Append(error);
            }
            throw new DllNotFoundException("the library of csmtp cannot be loaded: install the package Libcsmtp, or set CSMTP_LIBRARY to the path of libcsmtp.so.1 or csmtp.dll" + said);
        }

        static IEnumerable<string> Places()
        {
            string[] names = IsWindows ? new[] { "csmtp.dll" } : new[] { "libcsmtp.so.1", "libcsmtp.so" };
            foreach (string folder in Folders())
                foreach (string name in names)
                {
                    yield return Path.Combine(folder, name);
                    foreach (string system in Systems) yield return Path.Combine(folder, "runtimes", system, "native", name);
                }
            foreach (string name in names) yield return name;
        }

        // The possible names of this system. Find tries the library under each of these names: one for another
        // processor cannot be loaded, so Find goes on to the next.
        static string[] Systems
        {
            get
            {
                if (IsWindows) return IntPtr.Size == 8 ? new[] { "win-x64", "win-arm64" } : new[] { "win-x86" };
                return IntPtr.Size == 8 ? new[] { "linux-x64", "linux-arm64" } : new[] { "linux-arm" };
            }
        }

        static IEnumerable<string> Folders()
        {
            var folders = new List<string>();
            string ours = typeof(Library).Assembly.Location;
            if (!string.IsNullOrEmpty(ours))
            {
                folders.Add(Path.GetDirectoryName(ours));
                folders.Add(Path.GetFullPath(Path.Combine(folders[0], "..", ".."))); // the root of the package
            }
            folders.Add(AppDomain.CurrentDomain.BaseDirectory);
            // .NET lists the native-library folders of the program's packages in this property.
            string packages = AppDomain.CurrentDomain.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string;
            if (packages != null) folders.AddRange(packages.Split(new[] { Path.PathSeparator }, StringSplitOptions.RemoveEmptyEntries));
            return folders;
        }

        static IntPtr Open(string place, out string error)
        {
            IntPtr found;
            if (IsWindows)
            {
                found = Windows.LoadLibraryEx(place, IntPtr.Zero, 0);
                error = found == IntPtr.Zero ? place + ": " + new System.ComponentModel.Win32Exception(Marshal.GetLastWin32Error()).Message : null;
                return found;
            }
            found = Unix.dlopen(place, 2); // RTLD_NOW
            error = found == IntPtr.Zero ? Text.From(Unix.dlerror()) : null;
            return found;
        }

        static class Unix
        {
            [DllImport("libdl.so.2", CharSet = CharSet.Ansi)] internal static extern IntPtr dlopen(string path, int flags);
            [DllImport("libdl.so.2", CharSet = CharSet.Ansi)] internal static extern IntPtr dlsym(IntPtr library, string name);
            [DllImport("libdl.so.2")] internal static extern IntPtr dlerror();
            [DllImport("libc", CharSet = CharSet.Ansi)] internal static extern int access(string path, int mode);
            [DllImport("libc", CharSet = CharSet.Ansi)] internal static extern int chmod(string path, int mode);
        }

        static class Windows
        {
            [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)] internal static extern IntPtr LoadLibraryEx(string path, IntPtr file, uint flags);
            [DllImport("kernel32", CharSet = CharSet.Ansi, ExactSpelling = true)] internal static extern IntPtr GetProcAddress(IntPtr library, string name);
        }
    }
}
