// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using Denali.Guests.Tests;
using Denali.Kernel.Tests.Fakes;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests.Compared;

/// <summary>A table of requests is answered as nginx answers them, but for what is listed with its reason.</summary>
public sealed class ComparedTests
{
    private const string Tap = "denalicomp0";
    private const string Host = SitesProcess.Name + ".localhost";
    private const int RowsMin = 200;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Table_OverTap_IsAnsweredAsNginxDoes() => PrivateNetwork.Run(() =>
    {
        using var tree = new SampleTree();
        tree.FillSmall();
        using var nginx = new Nginx(tree.Content);
        PrivateNetwork.Configure("link set lo up");
        using SitesProcess sites = SitesProcess.StartOnTap(Tap, tree.Content);

        Compare(nginx.EndPoint, sites.Machine, AcceptedDifferences.OfTheGuest);
        sites.End();
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Table_ThroughTheIngress_IsAnsweredAsNginxDoes()
    {
        using var tree = new SampleTree();
        tree.FillSmall();
        using var nginx = new Nginx(tree.Content);
        using SitesProcess sites = SitesProcess.Start(tree.Content);

        Compare(nginx.EndPoint, sites.Ingress, AcceptedDifferences.OfTheIngress);
        sites.End();
    }

    [Fact]
    public void Note_GivesEveryReason()
    {
        string note = File.ReadAllText(Path.Combine(TestSettings.Root, "docs", "notes", "http-compared.md"));
        IEnumerable<string> reasons = AcceptedDifferences.OfTheGuest.Concat(AcceptedDifferences.OfTheIngress)
            .Select(difference => difference.Reason).Distinct();

        Assert.DoesNotContain(reasons, reason => !note.Contains($"| {reason} |", StringComparison.Ordinal));
    }

    private static void Compare(EndPoint nginx, EndPoint server, IReadOnlyList<AcceptedDifference> accepted)
    {
        Assert.True(RequestTable.Rows.Count >= RowsMin, $"{RequestTable.Rows.Count} rows");
        Assert.Equal(RequestTable.Rows.Count, RequestTable.Rows.Select(row => row.Name).Distinct().Count());
        string theirTag = TagOf(nginx);
        string ourTag = TagOf(server);
        HashSet<AcceptedDifference> met = [];
        List<string> wrong = [];
        foreach (TableRequest row in RequestTable.Rows)
        {
            RawResponse theirs = RawClient.Ask(nginx, Fill(row.Text, theirTag));
            RawResponse ours = RawClient.Ask(server, Fill(row.Text, ourTag));
            foreach (Mismatch mismatch in Comparison.Compare(row.Name, theirs, ours))
            {
                AcceptedDifference? reason = accepted.FirstOrDefault(difference => difference.Covers(mismatch));
                if (reason is null)
                {
                    wrong.Add(mismatch.ToString());
                }
                else
                {
                    _ = met.Add(reason);
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Empty(accepted.Except(met).Select(difference => $"{difference} is no longer met: take it out"));
    }

    private static string TagOf(EndPoint server) => RawClient.Ask(
        server, $"HEAD /file.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n").Field("ETag")!;

    private static string Fill(string text, string tag) => text
        .Replace("{host}", Host, StringComparison.Ordinal)
        .Replace("{etag}", tag, StringComparison.Ordinal);
}
