// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Linux.Tests.Abi;

/// <summary>Asks the C compiler for values: compiles and runs a program that prints them.</summary>
internal static class HeaderProbe
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Evaluates C expressions.</summary>
    /// <param name="includes">The start of the program.</param>
    /// <param name="expressions">Names and integer expressions.</param>
    /// <returns>Values by name, sign-extended to 64 bits.</returns>
    internal static Dictionary<string, ulong> Evaluate(
        string includes, IEnumerable<(string Name, string Expression)> expressions)
    {
        string folder = Directory.CreateTempSubdirectory("denali-abi-").FullName;
        try
        {
            string source = Path.Combine(folder, "probe.c");
            string program = Path.Combine(folder, "probe");
            string lines = string.Concat(expressions.Select(
                row => $"    printf(\"%s %llu\\n\", \"{row.Name}\", (unsigned long long)({row.Expression}));\n"));
            File.WriteAllText(source, $"#define _GNU_SOURCE\n{includes}int main(void)\n{{\n{lines}    return 0;\n}}\n");
            Run("gcc", "-w", "-o", program, source);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .ToDictionary(parts => parts[0], parts => ulong.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Skips the test where there is no C compiler.</summary>
    internal static void SkipWithoutCompiler()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(
            Array.Exists(folders, folder => File.Exists(Path.Combine(folder, "gcc"))), "there is no gcc");
        Assert.SkipUnless(File.Exists("/usr/include/linux/kvm.h"), "there are no Linux headers");
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(s_limit), $"{program} did not end within {s_limit}");
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
