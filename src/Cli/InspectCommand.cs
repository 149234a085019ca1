// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using Denali.Control;
using Denali.Control.Api;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>Tells all that is known of a site of a running kernel.</summary>
internal static class InspectCommand
{
    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The site's name" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var kernel = new KernelArguments();
        var command = new Command("inspect", "Tell all that is known of a site and its VM.") { name, json };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            using ApiClient client = kernel.Connect(result);
            SiteDetail site = client.InspectAsync(result.GetRequiredValue(name)).GetAwaiter().GetResult();
            if (result.GetValue(json))
            {
                JsonOutput.WriteLine(site, ApiJson.Default.SiteDetail);
                return ExitStatus.Success;
            }

            foreach ((string label, string? value) in Describe(site))
            {
                if (value is not null)
                {
                    Console.Out.WriteLine($"{label,-12} {value}");
                }
            }

            return ExitStatus.Success;
        });
        return command;
    }

    private static IEnumerable<(string Label, string? Value)> Describe(SiteDetail detail)
    {
        SiteRow site = detail.Site;
        yield return ("name", site.Name);
        yield return ("state", site.Message is { } message ? $"{site.State}: {message}" : site.State.ToString());
        yield return ("url", detail.Url);
        yield return ("directory", detail.Directory);
        yield return ("disk", detail.Disk);
        yield return ("requests", Text($"{site.Requests}, {detail.UnderWay} under way"));
        yield return ("starts", Text($"{site.Starts}"));
        if (site.Machine is not { } id)
        {
            yield return ("machine", "none now");
            yield break;
        }

        yield return ("machine", Text($"{id}, {site.Residence}, {detail.MachineState}"));
        yield return ("template", detail.Template);
        yield return ("addresses", $"{site.Ipv4}, {detail.Ipv6}");
        yield return ("uptime", detail.UptimeSeconds is { } uptime ? Text($"{uptime:0.0} s") : null);
        yield return (
            "memory", $"{ByteCount.Format(site.MemoryBytes)} of {ByteCount.Format(detail.MemoryLimitBytes)}");
        yield return (
            "group",
            detail.Group is null ? null : $"{detail.Group}, {ByteCount.Format(detail.GroupLimitBytes)} together");
        yield return ("kept", site.Residence == Residence.Bound ? null : ByteCount.Format(site.KeptBytes));
        yield return ("processor", Text($"{site.ProcessorSeconds:0.000} s, {detail.Exits} exits"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
