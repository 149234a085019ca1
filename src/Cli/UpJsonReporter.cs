// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>Tells by JSON objects, one a line; "event" says what each is.</summary>
internal sealed class UpJsonReporter : UpReporter
{
    private readonly Stream _output;
    private readonly Lock _gate = new();

    internal UpJsonReporter(Stream output)
    {
        _output = output;
    }

    internal override void Listening(IReadOnlyList<string> urls, string socket) => Write("listening", json =>
    {
        json.WriteStartArray("urls");
        foreach (string url in urls)
        {
            json.WriteStringValue(url);
        }

        json.WriteEndArray();
        json.WriteString("socket", socket);
    });

    internal override void Up(IReadOnlyList<(Site Site, string Url)> sites) => Write("up", json =>
    {
        json.WriteStartArray("sites");
        foreach ((Site site, string url) in sites)
        {
            json.WriteStartObject();
            json.WriteString("name", site.Name);
            json.WriteString("url", url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    internal override void Changed(SiteEvent change, string url) => Write("site", json =>
    {
        json.WriteString("name", change.Site.Name);
        json.WriteString("state", change.State.ToString());
        json.WriteString("url", url);
        if (change.Site.Machine is { } machine)
        {
            json.WriteNumber("machine", machine.Machine.Id);
            json.WriteString("ipv4", machine.Machine.Ipv4Address);
        }

        if (change.Message.Length > 0)
        {
            json.WriteString("message", change.Message);
        }
    });

    internal override void Requested(AccessLogEntry entry) => Write("request", json =>
    {
        json.WriteString("client", entry.Client);
        json.WriteString("host", entry.Host);
        json.WriteString("method", entry.Method);
        json.WriteString("target", entry.Target);
        json.WriteString("protocol", entry.Protocol);
        json.WriteNumber("status", entry.Status);
        if (entry.ContentBytes is { } bytes)
        {
            json.WriteNumber("contentBytes", bytes);
        }

        json.WriteNumber("milliseconds", Math.Round(entry.Duration.TotalMilliseconds, 3));
    });

    internal override void Warn(string text) => Write("warning", json => json.WriteString("message", text));

    internal override void Alarm(KernelAlarm alarm, bool isOn) => Write("alarm", json =>
    {
        json.WriteString("kind", alarm.Kind.ToString());
        json.WriteBoolean("isOn", isOn);
        json.WriteString("message", alarm.Text);
    });

    internal override void Saved(SaveReport report, string folder)
    {
        base.Saved(report, folder);
        Write("saved", json =>
        {
            json.WriteNumber("machines", report.Saved.Count);
            json.WriteNumber("unsaved", report.Unsaved.Count);
            json.WriteBoolean("isDurable", report.IsDurable);
            json.WriteString("folder", folder);
        });
    }

    internal override void Ending() => Write("ending", _ => { });

    private void Write(string name, Action<Utf8JsonWriter> write)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            write(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (_gate)
        {
            try
            {
                line.WriteTo(_output);
                _output.Flush();
            }
            catch (Exception e) when (ErrorOutput.IsOfStream(e))
            {
                // Nobody reads it; the sites run on.
            }
        }
    }
}
