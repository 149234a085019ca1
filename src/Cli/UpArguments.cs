// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>The options of <c>denali up</c>.</summary>
internal sealed class UpArguments
{
    private readonly Option<string[]> _site = new("--site", "-s")
    {
        Description = "NAME=DIR; a site: its host name and the directory that it serves (repeatable). It is served "
            + "beside those that were kept, and kept itself",
    };

    private readonly Option<string> _sites = new("--sites")
    {
        Description = "A file with a line NAME=DIR for each site; it is read again when it changes. Sites below a line "
            + "[NAME SIZE] are a group that has so much memory together. Or a number: so many sites that are alike, "
            + "site-1, site-2 and so on, which are kept until another number is given; 0 ends them",
        HelpName = "FILE|COUNT",
    };

    private readonly Option<string> _directory = new("--dir", "-d")
    {
        Description = "The directory that the sites of --sites COUNT serve (default: what those that were kept serve, "
            + "or a demo page)",
    };

    private readonly Option<string[]> _listen = new("--listen", "-l")
    {
        Description = "[ADDRESS:]PORT to listen on (repeatable; default 127.0.0.1:8080)",
    };

    private readonly Option<string> _tls = new("--tls")
    {
        Description = "TLS and HTTP/2, with a certificate and key (PEM or .pfx), or without CERT a self-signed one",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "CERT",
    };

    private readonly Option<string> _tap = new("--tap")
    {
        Description = "Join the VMs' network to Linux by a TAP interface of this name; needs CAP_NET_ADMIN",
    };

    private readonly Option<string> _memory = new("--memory", "-m")
    {
        Description = "Memory size of a VM (default: what the web guest asks for)",
    };

    private readonly UpKeepArguments _keep = new();

    private readonly UpLimitArguments _limits = new();

    private readonly KernelArguments _kernel = new();

    private readonly Option<bool> _log = new("--access-log") { Description = "A line for every request" };

    private readonly Option<bool> _json = new("--json") { Description = "What happens as JSON, an object a line" };

    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var arguments = new UpArguments();
        var command = new Command(
            "up",
            "Serve web sites, each from a VM of its own, until interrupted, and go on where the last denali up ended. "
            + "Sites of --site, of --sites COUNT and of denali create are there until denali destroy; without any, the "
            + "demo sites.")
        {
            arguments._site, arguments._sites, arguments._directory, arguments._listen, arguments._tls,
            arguments._tap, arguments._memory, arguments._log, arguments._json,
        };
        arguments._keep.AddTo(command);
        arguments._limits.AddTo(command);
        arguments._kernel.AddTo(command);
        command.SetAction(result => UpCommand.Execute(arguments.Parse(result)));
        return command;
    }

    private UpOptions Parse(ParseResult result)
    {
        string? tls = result.GetValue(_tls);
        string? sites = result.GetValue(_sites);
        int? count = ParseCount(sites);
        string? directory = result.GetValue(_directory);
        if (directory is not null && (count ?? 0) == 0)
        {
            throw new UsageException(
                "--dir is for the sites of --sites COUNT: write --site NAME=DIR for one of its own");
        }

        string? statePath = _keep.PathOf(result, _kernel.NameGiven(result));
        return new UpOptions
        {
            Sites = ParseSites(result.GetValue(_site) ?? []),
            SitesFile = count is null ? sites : null,
            UniformCount = count,
            UniformDirectory = directory is null ? null : ParseDirectory(directory),
            Listen = result.GetValue(_listen) is { Length: > 0 } listen
                ? [.. listen.Select(ListenOption.Parse)]
                : [new IPEndPoint(IPAddress.Loopback, ListenOption.DefaultPort)],
            IsTls = result.GetResult(_tls) is { Implicit: false },
            CertificatePath = string.IsNullOrEmpty(tls) ? null : tls,
            TapName = result.GetValue(_tap),
            MemoryBytes = result.GetValue(_memory) is { } size ? ByteSize.Parse(size, "--memory") : 0,
            StatePath = statePath,
            Limits = _limits.Parse(result, hasSwap: statePath is not null),
            SocketPath = _kernel.PathToTake(result),
            IsLogged = result.GetValue(_log),
            IsJson = result.GetValue(_json),
        };
    }

    // A file whose name is a number has a path: ./5.
    private static int? ParseCount(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count <= UniformSites.CountMax
            ? count
            : throw new UsageException(
                $"'{text}' is not a number of sites: write 1 to {UniformSites.CountMax}, or 0 to end those that were "
                + "kept");
    }

    private static string ParseDirectory(string text) => text.Length > 0
        ? Path.GetFullPath(text)
        : throw new UsageException("--dir has no directory: name one");

    private static List<SiteDefinition> ParseSites(string[] texts)
    {
        List<SiteDefinition> sites = [];
        foreach (string text in texts)
        {
            int end = text.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0)
            {
                throw new UsageException($"'{text}' is not a site: write NAME=DIR, as in docs=/usr/share/doc");
            }

            var site = SiteDefinition.Create(text[..end], text[(end + 1)..], Directory.GetCurrentDirectory());
            sites.Add(sites.All(other => other.Name != site.Name)
                ? site
                : throw new UsageException($"the name '{site.Name}' is taken twice: choose another for one of them"));
        }

        return sites;
    }
}
