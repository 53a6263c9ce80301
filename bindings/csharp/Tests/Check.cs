// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;

/// <summary>Functions with which tests check values, and the main program of the tests.</summary>
static class Check
{
    internal sealed class FailedException : Exception
    {
        internal FailedException(string message) : base(message) { }
    }

    internal static void That(bool condition, string message)
    {
        if (!condition) throw new FailedException(message);
    }

    internal static void Equal<T>(T want, T got)
    {
        That(EqualityComparer<T>.Default.Equals(want, got), "want " + want + ", got " + got);
    }

    internal static void Contains(string part, string whole)
    {
        That(whole.Contains(part), "\"" + part + "\" is not in \"" + whole + "\"");
    }

    /// <summary>Returns the exception that a call throws.</summary>
    internal static T Throws<T>(Action call) where T : Exception
    {
        try
        {
            call();
        }
        catch (T e)
        {
            return e;
        }
        throw new FailedException("no " + typeof(T).Name + " was thrown");
    }

    /// <summary>Runs the tests. The first argument is the root folder of the source tree. The names of tests
    /// to run can follow; without them, all tests run.</summary>
    static int Main(string[] arguments)
    {
        int passed = 0, failed = 0;
        foreach (MethodInfo test in typeof(Tests).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            if (arguments.Length > 1 && !arguments.Skip(1).Contains(test.Name)) continue;
            Stopwatch time = Stopwatch.StartNew();
            Console.Write(test.Name);
            try
            {
                test.Invoke(null, test.GetParameters().Length == 0 ? null : new object[] { arguments[0] });
                passed++;
                Console.WriteLine(" (" + time.ElapsedMilliseconds + " ms)");
            }
            catch (TargetInvocationException e)
            {
                failed++;
                Console.WriteLine(" FAILED: " + e.InnerException);
            }
        }
        Console.WriteLine(passed + " passed, " + failed + " failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
