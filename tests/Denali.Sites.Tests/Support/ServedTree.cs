// SPDX-License-Identifier: MIT
using System;
using System.Net;
using Denali.Kernel.Tests.Fakes;

namespace Denali.Sites.Tests.Support;

/// <summary>Runs a test against <c>denali up</c> that serves a tree.</summary>
internal static class ServedTree
{
    private const string Tap = "denalisite0";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs a test.</summary>
    /// <param name="overTap">
    /// Whether the test talks to the VM itself, over a TAP interface in a network of its own, and not to the ingress.
    /// </param>
    /// <param name="fill">Writes the tree.</param>
    /// <param name="test">Gets the tree, the process, and where to connect to.</param>
    /// <param name="arguments">Further arguments of the command.</param>
    internal static void Run(
        bool overTap,
        Action<SampleTree> fill,
        Action<SampleTree, SitesProcess, IPEndPoint> test,
        params string[] arguments)
    {
        if (overTap)
        {
            PrivateNetwork.Run(
                () =>
                {
                    PrivateNetwork.Configure("link set lo up");
                    RunHere(tree => SitesProcess.StartOnTap(Tap, tree.Content, arguments), sites => sites.Machine);
                },
                s_limit);
        }
        else
        {
            RunHere(tree => SitesProcess.Start(tree.Content, arguments), sites => sites.Ingress);
        }

        void RunHere(Func<SampleTree, SitesProcess> start, Func<SitesProcess, IPEndPoint> find)
        {
            using var tree = new SampleTree();
            fill(tree);
            using SitesProcess sites = start(tree);
            try
            {
                test(tree, sites, find(sites));
            }
            catch (TimeoutException e)
            {
                // Over TAP a VM that has ended, or been replaced, is silent: what the process told says which.
                throw new TimeoutException($"{e.Message}; the process told: {sites.Process.OutputSoFar}", e);
            }

            sites.AssertNothingFailed();
            sites.End();
        }
    }
}
