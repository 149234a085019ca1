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
        var image = new Option<string>("--image")
        {
            Description = "Or the disk image that it serves, such as denali disk create makes",
        };
        var json = new Option<bool>("--json") { Description = "Tell all about it, as JSON" };
        var kernel = new KernelArguments();
        var command = new Command("create", "Make a site, and wait until it serves.") { name, directory, image, json };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            NewSite site = Understand(
                result.GetRequiredValue(name), result.GetValue(directory), result.GetValue(image));
            using ApiClient client = kernel.Connect(result);
            SiteDetail made = Progress.While(
                $"making {site.Name}", client.CreateAsync(site)).GetAwaiter().GetResult();
            return Tell(made, result.GetValue(json));
        });
        return command;
    }

    private static NewSite Understand(string name, string? directory, string? image)
    {
        string here = Directory.GetCurrentDirectory();
        return (directory, image) switch
        {
            ({ } path, null) => new NewSite(name, SiteDefinition.Create(name, path, here).Source),
            (null, { } path) => new NewSite(name, Image: SiteDefinition.CreateOfImage(name, path, here).Source),
            (null, null) => throw new UsageException(
                "a site needs something to serve: name a directory with --dir, or a disk image with --image"),
            _ => throw new UsageException("--dir and --image both say what to serve: give one of them"),
        };
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
