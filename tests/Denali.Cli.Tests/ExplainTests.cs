// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What a VM has of its own after a request is listed, page by page; and it is not much.</summary>
public sealed partial class ExplainTests : IDisposable
{
    // After the first request. Each page more makes every VM that has served one larger, and waking it slower.
    private const int PagesMax = 34;
    private const int BytesMax = 4_500;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-cli-").FullName;

    public ExplainTests() =>
        Assert.SkipUnless(File.Exists("/usr/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pages_OfASite_AreListedAndFew()
    {
        Denali.NeedsKvm();
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<h1>a page</h1>");

        Denali.Result result = Denali.Run("explain", "pages", _folder);

        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        string after = result.Output[result.Output.IndexOf("After it", StringComparison.Ordinal)..];
        Match head = HeadLine().Match(after);
        Assert.True(head.Success, after);
        int pages = Number(head, 1);
        Match[] lines = [.. PageLine().Matches(after).Cast<Match>()];
        Assert.Equal(pages, lines.Length);
        Assert.Equal(Number(head, 2), lines.Sum(line => Number(line, 2)));
        Assert.True(pages <= PagesMax && Number(head, 2) <= BytesMax, result.Output);
        string[] places = [.. lines.Select(line => line.Groups[3].Value).Distinct()];
        Assert.Contains("registers", places);
        Assert.Contains("data", places);
        Assert.Contains("heap", places);
        Assert.Contains("stack 0", places);
        Assert.Contains("Ilwaco_Denali_Net_Tcp_TcpLayer", after, StringComparison.Ordinal);
        Assert.Contains("Ilwaco_GuestRandom", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_OfWhatIsNoDirectory_AreRefused()
    {
        string path = Path.Combine(_folder, "missing");

        Denali.Run("explain", "pages", path).AssertRefused($"there is no directory '{path}'");
    }

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\AAfter it: ([0-9]+) pages with ([0-9]+) bytes that differ \(.+\)\n")]
    private static partial Regex HeadLine();

    [GeneratedRegex(@"^ +([0-9a-f]+)  +([0-9]+)  +[0-9]+  ([a-z]+( [0-9]+)?)(  .+)?$", RegexOptions.Multiline)]
    private static partial Regex PageLine();
}
