// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Denali.Dev;

/// <summary>What one test project said about its tests.</summary>
/// <remarks>
/// Only the report that the project wrote counts, and only if it is whole: its own totals must agree with the tests
/// that it lists.
/// </remarks>
internal sealed class TestReport
{
    /// <summary>Number of tests that passed.</summary>
    public int Passed { get; private init; }

    /// <summary>The tests that failed, and errors outside of tests: name, then what went wrong.</summary>
    public IReadOnlyList<(string Name, string Detail)> Failed { get; private init; } = [];

    /// <summary>The tests that were skipped: name, then why.</summary>
    public IReadOnlyList<(string Name, string Reason)> Skipped { get; private init; } = [];

    /// <summary>A report with one failure: the project itself.</summary>
    /// <param name="name">The project.</param>
    /// <param name="detail">What went wrong.</param>
    /// <returns>The report.</returns>
    public static TestReport OfFailure(string name, string detail) => new() { Failed = [(name, detail)] };

    /// <summary>The same report and one more failure: the project itself.</summary>
    /// <param name="name">The project.</param>
    /// <param name="detail">What went wrong.</param>
    /// <returns>The report.</returns>
    public TestReport WithFailure(string name, string detail) =>
        new() { Passed = Passed, Failed = [.. Failed, (name, detail)], Skipped = Skipped };

    /// <summary>Reads the report of a project that has ended.</summary>
    /// <param name="name">The project, for failures that belong to no test.</param>
    /// <param name="path">The report in the xUnit v2+ XML format.</param>
    /// <param name="exitCode">The project's exit code: 0, or 1 if a test failed.</param>
    /// <returns>Its results; a report that is missing, broken or contradicts itself is a failure.</returns>
    public static TestReport Read(string name, string path, int exitCode)
    {
        if (!File.Exists(path))
        {
            return OfFailure(name, $"ended with exit code {exitCode} and without a report");
        }

        TestReport report;
        try
        {
            report = Parse(name, XDocument.Load(path));
        }
        catch (Exception exception) when (exception is XmlException or FormatException)
        {
            return OfFailure(name, $"ended with exit code {exitCode} and a broken report: {exception.Message}");
        }

        int expected = report.Failed.Count == 0 ? 0 : 1;
        return exitCode == expected
            ? report
            : report.WithFailure(name, $"ended with exit code {exitCode}, but its report says {expected}");
    }

    private static TestReport Parse(string name, XDocument document)
    {
        XElement root = document.Root is { Name.LocalName: "assemblies" } element
            ? element
            : throw new FormatException("the root element is not <assemblies>");
        if (!root.Elements("assembly").Any())
        {
            throw new FormatException("it has no <assembly>");
        }

        ILookup<string, XElement> tests =
            root.Descendants("test").ToLookup(test => (string?)test.Attribute("result") ?? "");
        foreach ((string attribute, string result) in
            new[] { ("passed", "Pass"), ("failed", "Fail"), ("skipped", "Skip"), ("not-run", "NotRun") })
        {
            int promised = root.Elements("assembly").Sum(assembly => Number(assembly, attribute));
            int found = tests[result].Count();
            if (promised != found)
            {
                throw new FormatException($"it promises {promised} {attribute} and lists {found}");
            }
        }

        return new TestReport
        {
            Passed = tests["Pass"].Count(),
            Failed =
            [
                .. tests["Fail"].Select(test => (NameOf(test), Detail(test))),
                .. root.Descendants("error")
                    .Select(error => ($"{name}: {(string?)error.Attribute("type")}", Detail(error))),
            ],
            Skipped = [.. tests["Skip"].Select(test => (NameOf(test), (string?)test.Element("reason") ?? ""))],
        };
    }

    private static int Number(XElement element, string attribute) =>
        (int?)element.Attribute(attribute) ?? throw new FormatException($"<{element.Name}> has no '{attribute}'");

    private static string NameOf(XElement test) =>
        (string?)test.Attribute("name") ?? throw new FormatException("a test has no name");

    private static string Detail(XElement test)
    {
        XElement? failure = test.Element("failure");
        IEnumerable<string?> parts =
        [
            (string?)failure?.Element("message"),
            (string?)failure?.Element("stack-trace"),
            (string?)test.Element("output") is { Length: > 0 } output ? "Output:\n" + output : null,
        ];
        return string.Join('\n', parts.Where(part => !string.IsNullOrEmpty(part)));
    }
}
