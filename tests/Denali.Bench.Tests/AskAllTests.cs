// SPDX-License-Identifier: MIT
using System.IO;
using System.Text;
using Denali.Bench.Visits;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>"All answered" is counted, so that it can turn out to be wrong.</summary>
public sealed class AskAllTests
{
    private const int Slots = 8;
    private const int Count = 40;
    private const int Concurrency = 4;

    private static readonly byte[] s_wrong = Encoding.ASCII.GetBytes("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");

    [Fact]
    public void AskAll_OfWhomSomeAnswerWrong_CountsTheOthers()
    {
        Assert.SkipUnless(File.Exists("/dev/kvm"), "there is no /dev/kvm on this machine");
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs: install the package e2fsprogs");
        using var fleet = new WebFleet(Slots);
        ulong[] machines = fleet.Create(Count);
        Assert.Equal(Count, fleet.AskAll(machines, Concurrency).Answered);
        PageSet right = fleet.PagesOf(machines);
        PageSet some = right with { RequestOf = page => page % 10 == 3 ? s_wrong : right.RequestOf(page) };

        Assert.Equal(Count - (Count / 10), fleet.AskAll(some, Count, Concurrency).Answered);

        // Where all have to answer, that is an error.
        int next = 0;
        Assert.Contains(
            "404",
            Assert.Throws<IOException>(() => new ClosedLoop(fleet.Host, some).Run(
                () => next < Count ? next++ : ClosedLoop.NoPage, Concurrency)).Message,
            System.StringComparison.Ordinal);
    }
}
