// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.IO;
using Denali.Control;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>The commands that say why something takes what it takes, and their options.</summary>
internal static class ExplainCommands
{
    /// <summary>Describes them.</summary>
    internal static Command Create() => new("explain", "Say why something takes what it takes.") { Pages() };

    private static Command Pages()
    {
        var site = new Argument<string>("site")
        {
            Description = "Name of a site of a running kernel; or a directory, to be served by a VM of its own "
                + "(default: the demo site hello). What is a directory here or has a slash is one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var path = new Option<string>("--path") { Description = "What is asked for, of a directory (default /)" };
        var requests = new Option<int?>("--requests")
        {
            Description = "How often it is asked for, each time on a new connection (default 1)",
        };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var kernel = new KernelArguments();
        var command = new Command(
            "pages",
            "List the pages of memory that a VM has of its own: address, bytes that differ from what it was made of, "
                + "what they take compressed, where they lie, what differs. Of a running site's VM as it is now; of a "
                + "directory's before and after a request.")
        {
            site, path, requests, json,
        };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            string? given = result.GetValue(site);
            bool isJson = result.GetValue(json);
            if (!IsName(given, kernel.IsGiven(result)))
            {
                return ExplainPagesCommand.Execute(
                    given, result.GetValue(path) ?? "/", result.GetValue(requests) ?? 1, isJson);
            }

            if (result.GetValue(path) is not null || result.GetValue(requests) is not null)
            {
                throw new UsageException(
                    $"'{given}' names a site that runs, and --path and --requests are for a directory: "
                    + "visit the site instead, or write a directory with a slash");
            }

            return ExplainSite(given!, () => kernel.Connect(result), isJson);
        });
        return command;
    }

    private static bool IsName(string? site, bool isKernelGiven)
    {
        if (isKernelGiven)
        {
            return site is not null
                ? true
                : throw new UsageException("which site of that kernel? denali ls shows them");
        }

        return site is not null && !site.Contains('/', StringComparison.Ordinal) && !Directory.Exists(site);
    }

    private static int ExplainSite(string name, Func<ApiClient> connect, bool isJson)
    {
        try
        {
            using ApiClient client = connect();
            PageList pages = client.ExplainPagesAsync(name).GetAwaiter().GetResult();
            Write(name, pages, isJson);
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is UsageException or ControlException { Refusal: Refusal.NotFound })
        {
            throw new UsageException($"{e.Message}; if '{name}' is to be a directory, there is none: write its path");
        }
    }

    /// <summary>Writes what was found.</summary>
    internal static void Write(string what, PageList pages, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.WriteLine(pages, ApiJson.Default.PageList);
        }
        else
        {
            PageText.Write(what, pages, Console.Out);
        }
    }
}
