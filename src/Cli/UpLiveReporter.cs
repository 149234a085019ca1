// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Denali.Control;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>
/// Tells on a terminal: a line for each site that is kept up to date, and above them what happened, which scrolls away.
/// </summary>
internal sealed class UpLiveReporter : UpPlainReporter
{
    private const string ClearLine = "\e[2K";
    private const string NoWrap = "\e[?7l";
    private const string Wrap = "\e[?7h";

    // More lines than this would not fit on most terminals, and could not be gone back over.
    private const int LineMax = 20;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly TextWriter _output;
    private readonly Func<IReadOnlyList<(Site Site, string Url)>> _sites;
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private int _shown;
    private bool _isLive;

    /// <summary>Prepares it.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="sites">Tells the sites that there are.</param>
    internal UpLiveReporter(TextWriter output, Func<IReadOnlyList<(Site Site, string Url)>> sites)
        : base(output)
    {
        _output = output;
        _sites = sites;
        _timer = new Timer(_ => Redraw(null), null, Timeout.Infinite, Timeout.Infinite);
    }

    internal override void Up(IReadOnlyList<(Site Site, string Url)> sites)
    {
        // The others have their lines, in which there is no room for a reason.
        base.Up([.. sites.Where(site => site.Site.State == SiteState.Failed)]);
        base.WriteLine("Ctrl-C ends them.");
        lock (_gate)
        {
            _isLive = true;
        }

        _ = _timer.Change(TimeSpan.Zero, s_interval);
    }

    internal override void Changed(SiteEvent change, string url)
    {
        // The image of a large directory takes its time, and somebody waits for it.
        if (change.State == SiteState.Starting)
        {
            WriteLine($"{change.Site.Name} is starting");
        }

        base.Changed(change, url);
    }

    internal override void Warn(string text)
    {
        // What is written past the lines that are kept up to date would be in the midst of them.
        if (Console.IsErrorRedirected)
        {
            base.Warn(text);
        }
        else
        {
            WriteLine("denali: " + text);
        }
    }

    internal override void Ending()
    {
        Redraw(null);
        lock (_gate)
        {
            _isLive = false;
        }

        _timer.Dispose();
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override void WriteLine(string line) => Redraw(line);

    /// <summary>One line about a site.</summary>
    internal static string Describe(Site site, string url)
    {
        SiteMachine? machine = site.Machine;
        string address = machine?.Machine.Ipv4Address ?? "-";
        string memory = machine is null ? "-" : ByteCount.Format(machine.Machine.Usage.ChargedBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{site.Name,-16} {site.State,-8} {address,-15} {memory,10} {site.RequestCount,9} requests  {url}");
    }

    private void Redraw(string? news)
    {
        lock (_gate)
        {
            if (!_isLive)
            {
                if (news is not null)
                {
                    base.WriteLine(news);
                }

                return;
            }

            var text = new StringBuilder(NoWrap);
            if (_shown > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\e[{_shown}A");
            }

            if (news is not null)
            {
                text.Append('\r').Append(ClearLine).Append(news).Append('\n');
            }

            IReadOnlyList<(Site Site, string Url)> sites = _sites();
            foreach ((Site site, string url) in sites.Take(LineMax))
            {
                text.Append('\r').Append(ClearLine).Append(Describe(site, url)).Append('\n');
            }

            _shown = Math.Min(sites.Count, LineMax);
            text.Append("\e[J").Append(Wrap);
            Write(text.ToString());
        }
    }

    private void Write(string text)
    {
        try
        {
            _output.Write(text);
            _output.Flush();
        }
        catch (Exception e) when (ErrorOutput.IsOfStream(e))
        {
            // The terminal is gone; the sites run on.
        }
    }
}
