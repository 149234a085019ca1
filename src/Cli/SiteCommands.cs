// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.Threading.Tasks;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>
/// The commands that do one thing to one or more sites of a running kernel, and say nothing if it worked.
/// </summary>
internal static class SiteCommands
{
    /// <summary>Describes <c>denali park</c>.</summary>
    internal static Command Park()
    {
        var swap = new Option<bool>("--swap") { Description = "And write what is kept into the swap file" };
        Command command = Make(
            "park",
            "Take the execution slot from a site's VM; what is its own is kept compressed. A visitor wakes it.",
            (client, name, result) => result.GetValue(swap) ? client.SwapOutAsync(name) : client.ParkAsync(name));
        command.Add(swap);
        return command;
    }

    /// <summary>Describes <c>denali wake</c>.</summary>
    internal static Command Wake() => Make(
        "wake",
        "Give a site's VM an execution slot, and let it run once.",
        (client, name, _) => client.WakeAsync(name));

    /// <summary>Describes <c>denali kill</c>.</summary>
    internal static Command Kill() => Make(
        "kill",
        "End a site's VM at once. The site starts another, as it does after a fault.",
        (client, name, _) => client.KillAsync(name));

    /// <summary>Describes <c>denali destroy</c>.</summary>
    internal static Command Destroy() => Make(
        "destroy",
        "End sites and their VMs for good. Their directories stay.",
        (client, name, _) => client.DestroyAsync(name));

    private static Command Make(string word, string description, Func<ApiClient, string, ParseResult, Task> work)
    {
        var names = new Argument<string[]>("name")
        {
            Description = "Names of sites",
            Arity = ArgumentArity.OneOrMore,
        };
        var kernel = new KernelArguments();
        var command = new Command(word, description) { names };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            using ApiClient client = kernel.Connect(result);
            foreach (string name in result.GetRequiredValue(names))
            {
                work(client, name, result).GetAwaiter().GetResult();
            }

            return ExitStatus.Success;
        });
        return command;
    }
}
