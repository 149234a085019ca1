// SPDX-License-Identifier: MIT
using System;

namespace Denali.Dev;

/// <summary>What <c>./denali test</c> starts.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length == 0 || args[0] != "test" || Array.Exists(args, arg => arg is "-h" or "--help"))
        {
            Console.Error.WriteLine(TestOptions.Usage);
            return args.Length > 0 && args[0] == "test" ? 0 : 2;
        }

        if (!TestOptions.TryParse(args.AsSpan(1), out TestOptions? options, out string error))
        {
            Console.Error.WriteLine($"denali test: {error}");
            Console.Error.WriteLine(TestOptions.Usage);
            return 2;
        }

        return new TestSession(options, Console.Out).Run();
    }
}
