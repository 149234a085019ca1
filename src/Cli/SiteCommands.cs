// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>
/// The commands that do one thing to one or more sites of a running kernel, one after the other, and say nothing if it
/// worked, but with <c>--json</c>.
/// </summary>
internal static class SiteCommands
{
    /// <summary>Describes <c>denali park</c>.</summary>
    internal static Command Park()
    {
        var swap = new Option<bool>("--swap") { Description = "And write what is kept into the swap file" };
        Command command = Make(
            "park",
            "parking",
            "Take the execution slot from a site's VM; what is its own is kept compressed. A visitor wakes it.",
            (client, name, result) => result.GetValue(swap) ? client.SwapOutAsync(name) : client.ParkAsync(name));
        command.Add(swap);
        return command;
    }

    /// <summary>Describes <c>denali wake</c>.</summary>
    internal static Command Wake() => Make(
        "wake",
        "waking",
        "Give a site's VM an execution slot, and let it run once.",
        (client, name, _) => client.WakeAsync(name));

    /// <summary>Describes <c>denali kill</c>.</summary>
    internal static Command Kill() => Make(
        "kill",
        "killing",
        "End a site's VM at once. The site starts another, as it does after a fault.",
        (client, name, _) => client.KillAsync(name));

    /// <summary>Describes <c>denali destroy</c>.</summary>
    internal static Command Destroy() => Make(
        "destroy",
        "destroying",
        "End sites and their VMs for good. Their directories stay.",
        (client, name, _) => client.DestroyAsync(name));

    private static Command Make(
        string word, string doing, string description, Func<ApiClient, string, ParseResult, Task> work)
    {
        var names = new Argument<string[]>("name")
        {
            Description = "Names of sites",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = new Option<bool>("--json") { Description = "A JSON object for each site that it was done to" };
        var kernel = new KernelArguments();
        var command = new Command(word, description) { names, json };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            string[] sites = result.GetRequiredValue(names);
            using ApiClient client = kernel.Connect(result);
            int done = 0;
            Task all = DoAsync();
            Progress.Wait(
                sites.Length == 1 ? $"{doing} {sites[0]}" : $"{doing} {sites.Length} sites",
                all,
                sites.Length == 1 ? null : () => Volatile.Read(ref done) / (double)sites.Length);

            // What was done before one was refused was done.
            foreach (string name in result.GetValue(json) ? sites.AsSpan(0, done) : [])
            {
                JsonOutput.WriteLine(new SiteDone(word, name), ApiJson.Default.SiteDone);
            }

            all.GetAwaiter().GetResult();
            return ExitStatus.Success;

            async Task DoAsync()
            {
                foreach (string name in sites)
                {
                    await work(client, name, result).ConfigureAwait(false);
                    Volatile.Write(ref done, done + 1);
                }
            }
        });
        return command;
    }
}
