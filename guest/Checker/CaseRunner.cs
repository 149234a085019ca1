// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Denali.GuestChecker;

/// <summary>Tests the checker: sources that must be refused, each for the reason that it states.</summary>
/// <remarks>
/// A line says <c>// expect: CODE LINE</c> with the code of the checker or of the C# compiler, or
/// <c>// expect: nothing</c>.
/// </remarks>
public sealed partial class CaseRunner
{
    private const string Expectation = "// expect: ";

    private readonly string _compiler;
    private readonly string _output;
    private readonly IReadOnlyList<string> _references;

    /// <summary>Takes what the cases are compiled with.</summary>
    /// <param name="compiler">The C# compiler's assembly.</param>
    /// <param name="output">Where compiled cases go.</param>
    /// <param name="references">The guests' libraries.</param>
    public CaseRunner(string compiler, string output, IReadOnlyList<string> references)
    {
        _compiler = compiler;
        _output = output;
        _references = references;
    }

    /// <summary>Runs all cases.</summary>
    /// <param name="directory">Where the sources are.</param>
    /// <returns>Whether every case was refused as it says.</returns>
    public bool Run(string directory)
    {
        Directory.CreateDirectory(_output);
        int failed = 0;
        string[] sources = [.. Directory.GetFiles(directory, "*.cs").Order(StringComparer.Ordinal)];
        foreach (string source in sources)
        {
            string? expected = File.ReadLines(source)
                .Where(static line => line.StartsWith(Expectation, StringComparison.Ordinal))
                .Select(static line => line[Expectation.Length..])
                .FirstOrDefault();
            string actual = Refusal(source);
            if (actual != expected)
            {
                failed++;
                Console.Error.WriteLine(
                    $"{source}(2): error DENALI000: expected {expected ?? "an expectation"}, got {actual}");
            }
        }

        Console.WriteLine($"Checker cases: {sources.Length - failed} passed, {failed} failed");
        return failed == 0 && sources.Length != 0;
    }

    private string Refusal(string source)
    {
        string assembly = Path.Combine(_output, Path.GetFileNameWithoutExtension(source) + ".dll");
        Match error = CompilerError().Match(Compile(source, assembly));
        if (error.Success)
        {
            return $"{error.Groups["code"].Value} {error.Groups["line"].Value}";
        }

        IReadOnlyList<Finding> findings = AssemblyChecker.Check(assembly, new SourceMap(string.Empty));
        return findings.Count == 0
            ? "nothing"
            : string.Create(CultureInfo.InvariantCulture, $"{findings[0].Rule.Code} {findings[0].Line}");
    }

    private string Compile(string source, string assembly)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.ArgumentList.Add(_compiler);
        string[] options =
        [
            "-noconfig", "-nologo", "-nostdlib", "-runtimemetadataversion:v4.0.30319", "-unsafe", "-nullable",
            "-debug:portable", $"-out:{assembly}",
        ];
        foreach (string option in options)
        {
            start.ArgumentList.Add(option);
        }

        foreach (string reference in _references)
        {
            start.ArgumentList.Add($"-r:{reference}");
        }

        start.ArgumentList.Add(source);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    [GeneratedRegex(@"\((?<line>\d+),\d+\): error (?<code>CS\d+)")]
    private static partial Regex CompilerError();
}
