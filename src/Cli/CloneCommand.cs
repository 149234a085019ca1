// SPDX-License-Identifier: MIT
using System.CommandLine;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>Makes a site of a running one, whose VM goes on from where the other's is.</summary>
internal static class CloneCommand
{
    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The site to clone" };
        var newName = new Argument<string>("new") { Description = "The name of the clone" };
        var json = new Option<bool>("--json") { Description = "Tell all about it, as JSON" };
        var kernel = new KernelArguments();
        var command = new Command(
            "clone", "Make a site that serves what another does. Its VM goes on from where the other's is.")
        {
            name, newName, json,
        };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            string to = result.GetRequiredValue(newName);
            using ApiClient client = kernel.Connect(result);
            return CreateCommand.Tell(
                Progress.While($"cloning {to}", client.CloneAsync(result.GetRequiredValue(name), to))
                    .GetAwaiter().GetResult(),
                result.GetValue(json));
        });
        return command;
    }
}
