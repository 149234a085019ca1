// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using Denali.Kernel.Tests.Fakes;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests;

/// <summary>Every file of a large directory comes as it is, and as nginx serves it.</summary>
public sealed class IdentityTests
{
    private const string Tap = "denaliident0";
    private const int FilesMin = 1000;
    private const int Visitors = 4;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait("Speed", "Slow")]
    public void EveryFile_ThroughTheIngress_IsWhatNginxServes()
    {
        using var tree = new SampleTree();
        tree.Fill();
        using var nginx = new Nginx(tree.Content);
        using SitesProcess sites = SitesProcess.Start(tree.Content);

        AssertIdentical(tree.Content, nginx.EndPoint, sites.Ingress);
        sites.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void EveryFile_OverTap_IsWhatNginxServes() => PrivateNetwork.Run(
        () =>
        {
            using var tree = new SampleTree();
            tree.Fill();
            using var nginx = new Nginx(tree.Content);
            PrivateNetwork.Configure("link set lo up");
            using SitesProcess sites = SitesProcess.StartOnTap(Tap, tree.Content);

            AssertIdentical(tree.Content, nginx.EndPoint, sites.Machine);
            AssertIdentical(tree.Content, nginx.EndPoint, sites.Ingress);
            sites.End();
        },
        s_limit);

    [Fact]
    [Trait("Speed", "Soak")]
    public void EveryFile_OfADebianPackage_IsWhatNginxServes()
    {
        using DebianPackage package = DebianPackage.Fetch();
        PrivateNetwork.Run(
            () =>
            {
                using var nginx = new Nginx(package.Content);
                PrivateNetwork.Configure("link set lo up");
                using SitesProcess sites = SitesProcess.StartOnTap(Tap, package.Content);

                AssertIdentical(package.Content, nginx.EndPoint, sites.Machine);
                AssertIdentical(package.Content, nginx.EndPoint, sites.Ingress);
                sites.End();
            },
            s_limit);
    }

    private static void AssertIdentical(string directory, EndPoint nginx, EndPoint server)
    {
        string[] paths = SampleTree.PathsOf(directory);
        Assert.True(paths.Length >= FilesMin, $"{paths.Length} files are not many");
        ConcurrentBag<string> wrong = [];
        int next = -1;

        // Threads inherit the network of this one; those of the pool do not.
        List<Thread> visitors = [.. Enumerable.Range(0, Visitors).Select(_ => new Thread(() =>
        {
            using var ours = new RawClient(server);
            using var theirs = new RawClient(nginx);
            int index;
            while ((index = Interlocked.Increment(ref next)) < paths.Length)
            {
                if (Compare(directory, paths[index], theirs, ours) is { } difference)
                {
                    wrong.Add($"{paths[index]}: {difference}");
                }
            }
        }))];
        visitors.ForEach(visitor => visitor.Start());
        visitors.ForEach(visitor => visitor.Join());
        Assert.True(wrong.IsEmpty, string.Join("\n", wrong.Order(StringComparer.Ordinal).Take(20)));
    }

    private static string? Compare(string directory, string path, RawClient nginx, RawClient server)
    {
        string request = $"GET {SampleTree.Escape(path)} HTTP/1.1\r\nHost: {SitesProcess.Name}.localhost\r\n\r\n";
        server.Send(request);
        nginx.Send(request);
        RawResponse ours = server.Read();
        RawResponse theirs = nginx.Read();
        byte[] content = File.ReadAllBytes(directory + path);
        return ours.Status != 200 || theirs.Status != 200 ? $"status {ours.Status}, of nginx {theirs.Status}"
            : !ours.IsWhole || !ours.Content.AsSpan().SequenceEqual(content) ? "other content than the file's"
            : !theirs.Content.AsSpan().SequenceEqual(content) ? "nginx has other content than the file's"
            : Differ("Content-Length") ?? Differ("Last-Modified") ?? Differ("ETag") ?? Differ("Accept-Ranges");

        string? Differ(string name) => ours.Field(name) == theirs.Field(name)
            ? null
            : $"{name} {ours.Field(name)}, of nginx {theirs.Field(name)}";
    }
}
