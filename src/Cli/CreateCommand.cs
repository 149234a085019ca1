// SPDX-License-Identifier: MIT
using System.CommandLine;
using System.IO;
using Denali.Control.Api;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>Makes a site on a running kernel, and tells where it is found.</summary>
internal static class CreateCommand
{
    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The site's name: its host name" };
        var directory = new Option<string>("--dir", "-d") { Description = "The directory that it serves" };
        var json = new Option<bool>("--json") { Description = "Tell all about it, as JSON" };
        var kernel = new KernelArguments();
        var command = new Command("create", "Make a site, and wait until it serves.") { name, directory, json };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            string path = result.GetValue(directory)
                ?? throw new UsageException("a site needs something to serve: name a directory with --dir");
            SiteDefinition definition = SiteDefinition.Create(
                result.GetRequiredValue(name), path, Directory.GetCurrentDirectory());
            using ApiClient client = kernel.Connect(result);
            var site = new NewSite(definition.Name, definition.Directory);
            SiteDetail made = Progress.While(
                $"making {definition.Name}", client.CreateAsync(site)).GetAwaiter().GetResult();
            return Tell(made, result.GetValue(json));
        });
        return command;
    }

    /// <summary>Tells of a site that was made.</summary>
    /// <returns>The exit status.</returns>
    internal static int Tell(SiteDetail made, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.WriteLine(made, ApiJson.Default.SiteDetail);
        }
        else if (made.Site.State == SiteState.Ready)
        {
            System.Console.Out.WriteLine(made.Url);
        }

        if (made.Site.State == SiteState.Ready)
        {
            return ExitStatus.Success;
        }

        ErrorOutput.WriteLine(
            $"denali: '{made.Site.Name}' does not serve yet ({made.Site.Message ?? made.Site.State.ToString()}): it is "
            + "tried again; denali destroy removes it");
        return ExitStatus.Unhealthy;
    }
}
