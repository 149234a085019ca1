// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>Tells by plain lines.</summary>
internal class UpPlainReporter : UpReporter
{
    private readonly TextWriter _output;
    private readonly Lock _gate = new();
    private bool _isUp;

    internal UpPlainReporter(TextWriter output)
    {
        _output = output;
    }

    internal override void Up(IReadOnlyList<(Site Site, string Url)> sites)
    {
        _isUp = true;
        foreach ((Site site, string url) in sites)
        {
            WriteLine(site.State == SiteState.Failed ? Failed(site, ReasonOf(site.Message)) : url);
        }
    }

    internal override void Changed(SiteEvent change, string url)
    {
        // Before all are up, only what goes wrong is news: it ends the command, or is told with all.
        if (_isUp && change.State != SiteState.Starting)
        {
            string reason = ReasonOf(change.Message);
            WriteLine(change.State switch
            {
                SiteState.Ready when reason.Length > 0 => $"{change.Site.Name} runs on as it was{reason}",
                SiteState.Ready => $"{change.Site.Name} is ready at {url}",
                SiteState.Failed => Failed(change.Site, reason),
                _ => $"{change.Site.Name} has ended",
            });
        }
    }

    internal override void Requested(AccessLogEntry entry) => WriteLine(entry.ToString());

    internal override void Warn(string text) => ErrorOutput.WriteLine("denali: " + text);

    internal override void Saved(SaveReport report, string folder)
    {
        base.Saved(report, folder);
        if (report.Saved.Count > 0)
        {
            WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"saved {report.Saved.Count} VMs in {folder}: the next denali up goes on with them"));
        }
    }

    internal override void Ending() => WriteLine("ending");

    /// <summary>Writes a line at once.</summary>
    protected virtual void WriteLine(string line)
    {
        lock (_gate)
        {
            try
            {
                _output.WriteLine(line);
                _output.Flush();
            }
            catch (Exception e) when (ErrorOutput.IsOfStream(e))
            {
                // Nobody reads it; the sites run on.
            }
        }
    }

    private static string Failed(Site site, string reason) => $"{site.Name} has failed and is started again{reason}";

    private static string ReasonOf(string message) => message.Length > 0 ? ": " + message : "";
}
