// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Denali.Control;
using Denali.Control.Api;
using Denali.Control.Sites;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>
/// Lists the sites of a running kernel, part by part: a million of them take no more memory than a few.
/// </summary>
internal sealed class ListCommand
{
    private readonly Argument<string> _prefix = new("prefix")
    {
        Description = "How the names begin (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _state = new("--state")
    {
        Description = "Only sites that are so: " + string.Join(", ", Enum.GetNames<SiteState>()),
    };

    private readonly Option<string> _residence = new("--residence")
    {
        Description = "Only sites whose VM's memory is there: " + string.Join(", ", Enum.GetNames<Residence>()),
    };

    private readonly Option<string> _limit = new("--limit") { Description = "Most sites (default: all)" };

    private readonly Option<bool> _json = new("--json") { Description = "A JSON object a line" };

    private readonly KernelArguments _kernel = new();

    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var arguments = new ListCommand();
        var command = new Command("ls", "List the sites of a running kernel.")
        {
            arguments._prefix, arguments._state, arguments._residence, arguments._limit, arguments._json,
        };
        arguments._kernel.AddTo(command);
        command.SetAction(arguments.Execute);
        return command;
    }

    /// <summary>The line above the others.</summary>
    internal static string Head =>
        $"{"NAME",-20} {"STATE",-8} {"VM",-8} {"ADDRESS",-15} {"MEMORY",10} {"KEPT",10} {"CPU",9} {"REQUESTS",9}";

    /// <summary>A line about a site.</summary>
    internal static string Describe(SiteRow site)
    {
        string residence = site.Residence?.ToString() ?? "-";
        string memory = site.Residence is null ? "-" : ByteCount.Format(site.MemoryBytes);
        string kept = site.Residence is null or Residence.Bound ? "-" : ByteCount.Format(site.KeptBytes);
        string message = site.Message is { } text ? "  " + text : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{site.Name,-20} {site.State,-8} {residence,-8} {site.Ipv4 ?? "-",-15} {memory,10} {kept,10} ")
            + string.Create(
                CultureInfo.InvariantCulture, $"{site.ProcessorSeconds,7:0.00} s {site.Requests,9}{message}");
    }

    private static T? Parse<T>(string? text, string option)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        return Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) && !char.IsDigit(text[0])
            ? value
            : throw new UsageException(
                $"'{text}' is nothing for {option}: write {string.Join(", ", Enum.GetNames<T>())}");
    }

    private static long ParseLimit(string? text) => text is null ? long.MaxValue
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit > 0 ? limit
        : throw new UsageException($"'{text}' is not a number of sites: write 1 or more for --limit");

    private int Execute(ParseResult result)
    {
        var filter = new SiteFilter(
            (result.GetValue(_prefix) ?? "").ToLowerInvariant(),
            Parse<SiteState>(result.GetValue(_state), "--state"),
            Parse<Residence>(result.GetValue(_residence), "--residence"));
        long left = ParseLimit(result.GetValue(_limit));
        bool isJson = result.GetValue(_json);
        using ApiClient client = _kernel.Connect(result);
        string? cursor = "";
        for (bool isFirst = true; cursor is not null && left > 0; isFirst = false)
        {
            int most = (int)Math.Min(left, SiteControl.PageMax);
            SitePage page = client.ListAsync(filter, cursor, most).GetAwaiter().GetResult();
            if (isFirst && !isJson)
            {
                Console.Out.WriteLine(Head);
            }

            Write(page, isJson);
            left -= page.Sites.Count;
            cursor = page.Next;
        }

        return ExitStatus.Success;
    }

    private static void Write(SitePage page, bool isJson)
    {
        if (isJson)
        {
            foreach (SiteRow site in page.Sites)
            {
                JsonOutput.WriteLine(site, ApiJson.Default.SiteRow);
            }
        }
        else if (page.Sites.Count > 0)
        {
            Console.Out.WriteLine(string.Join('\n', page.Sites.Select(Describe)));
        }
    }
}
