// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control;
using Denali.Control.Api;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>Serves web sites, each from a VM of its own, until a signal ends it.</summary>
internal sealed class UpCommand : IDisposable
{
    private const string Guest = "web";
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    // All of the end together takes less than two seconds.
    private static readonly TimeSpan s_requestsGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_machinesGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(1.6);

    // Longer than writing all memory of a machine to a slow disk takes.
    private static readonly TimeSpan s_saveLimit = TimeSpan.FromMinutes(10);

    private readonly UpOptions _options;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _awaited = [];
    private readonly HashSet<string> _asked = [];
    private Queue<SiteEvent>? _early = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _killed = new();
    private readonly UpReporter _reporter;
    private readonly LatencyWindow _latency = new(TimeProvider.System);
    private X509Certificate2? _certificate;
    private SiteManager? _manager;
    private UniformSites? _uniform;
    private IngressServer? _server;
    private int _signals;
    private volatile bool _isEnding;

    private UpCommand(UpOptions options)
    {
        _options = options;
        _reporter = options.IsJson ? new UpJsonReporter(Console.OpenStandardOutput())
            : Console.IsOutputRedirected ? new UpPlainReporter(Console.Out)
            : new UpLiveReporter(Console.Out, SitesWithUrls);
    }

    private string Scheme => _options.IsTls ? "https" : "http";

    /// <summary>Runs the command.</summary>
    /// <param name="options">What to serve, and how.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="ControlException">It cannot be served; then nothing is left of it.</exception>
    internal static int Execute(UpOptions options)
    {
        using var command = new UpCommand(options);
        return command.Execute();
    }

    public void Dispose()
    {
        _reporter.Dispose();
        _certificate?.Dispose();
        _killed.Dispose();
    }

    private int Execute()
    {
        // First, because a kernel of the same name has the same state folder too.
        using KernelSocket socket = KernelSocket.Take(_options.SocketPath);

        // First what fails most often, as long as nothing that is kept has changed.
        using IngressPorts ports = IngressPorts.Take(_options.Listen);
        _certificate = _options.CertificatePath is { } certificate
            ? IngressCertificate.Load(certificate, TimeProvider.System)
            : null;
        (DenaliImage image, _) = GuestImages.Load(Guest);
        using UpSites sites = UpSites.Open(_options);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var engine = new KvmEngine(KvmDevice.Path);
        var preparation = new UpPreparation(_options, sites, _reporter);
        KernelUniformHost? uniformHost = null;
        try
        {
            using IsolationKernel kernel = preparation.StartKernel(engine);
            using LoadedImage template = preparation.BootGuest(kernel, image);
            using HostNetwork? network = _options.TapName is null ? new HostNetwork(kernel) : null;
            uniformHost = preparation.OpenUniform(kernel, template, network);
            if (_interrupted.Task.IsCompleted)
            {
                // In time: what is kept stays as the last process left it.
                return ExitStatus.Success;
            }

            var host = new KernelSiteHost(kernel, template, network, sites.Folder?.ClonesPath);
            using UniformSites? uniform = preparation.TakeOver(kernel, host, uniformHost);
            _uniform = uniform;
            using var manager = new SiteManager(
                host,
                new SiteManagerOptions
                {
                    CacheFolder = preparation.ImagesPath,

                    // While those that are alike cannot be served, nobody knows which image is theirs.
                    OwnsCacheFolder = sites.Folder is not null && (uniform is not null || sites.UniformCount == 0),
                    OtherImages = uniformHost is { DiskPath: { } disk } ? [disk] : [],
                    Grace = s_machinesGrace,
                    Store = sites.Store,
                },
                OnEvent);
            _manager = manager;
            Serve(kernel, socket, ports, sites);
        }
        finally
        {
            uniformHost?.Dispose();
        }

        return ExitStatus.Success;
    }

    /// <summary>Serves until it is interrupted.</summary>
    private void Serve(IsolationKernel kernel, KernelSocket socket, IngressPorts ports, UpSites sites)
    {
        var all = new AllSites(_manager!, _uniform);
        using IngressCertificates? certificates =
            !_options.IsTls ? null
            : _certificate is null ? IngressCertificates.SelfSigned(all, TimeProvider.System)
            : IngressCertificates.Of(_certificate);
        _server = IngressServer.StartAsync(all, new IngressOptions
        {
            Listen = _options.Listen,
            Ports = ports,
            Certificates = certificates,
            Latency = _latency,
            OnRequest = _options.IsLogged ? _reporter.Requested : null,
        }).GetAwaiter().GetResult();
        var machines = new KernelMachineControl(kernel);
        var control = new SiteControl(
            _manager!,
            _uniform,
            machines,
            new SiteControlOptions { UrlOf = UrlOf, Requests = _latency, UniformCount = sites.UniformCount });
        ApiServer? api = null;
        try
        {
            using var alarms = new KernelAlarmWatch(machines.Alarms, _reporter.Alarm, TimeProvider.System);

            // First the sites: a command that comes as soon as it can finds those that were kept.
            AddAll(sites);
            api = ApiServer.StartAsync(control, socket).GetAwaiter().GetResult();
            _reporter.Listening([.. _server.Endpoints.Select(endpoint => $"{Scheme}://{endpoint}/")], socket.Path);
            ReportEarly();
            ServeUntilInterrupted();
            using SitesFileWatch? watch = sites.File is not { } file || _interrupted.Task.IsCompleted
                ? null
                : new SitesFileWatch(
                    _options.SitesFile!, file.Text, file.Sites, sites.TakenBy, _manager!, _reporter.Warn);
            _interrupted.Task.Wait();
            _reporter.Ending();
        }
        finally
        {
            if (sites.Folder is not null)
            {
                Save(kernel, sites, _server, api);
            }
            else
            {
                End(_manager!, _server, api);
            }
        }
    }

    /// <summary>Starts all sites but those that are alike.</summary>
    private void AddAll(UpSites sites)
    {
        _asked.UnionWith(sites.Listed.Select(site => site.Name));
        _awaited.UnionWith(sites.Kept.Select(site => site.Name).Concat(_asked));
        if (_awaited.Count == 0)
        {
            _settled.SetResult();
        }

        sites.AddTo(_manager!);
    }

    /// <summary>Starts those, and waits until all are ready.</summary>
    private void ServeUntilInterrupted()
    {
        Task made = _uniform?.StartAsync() ?? Task.CompletedTask;
        Progress.Wait(
            $"making {_uniform?.Count} sites",
            Task.WhenAny(made, _interrupted.Task),
            () => _uniform!.MadeCount / (double)_uniform.Count);
        Task.WaitAny(_settled.Task, _interrupted.Task);
        if (_interrupted.Task.IsCompleted)
        {
            return;
        }

        _settled.Task.GetAwaiter().GetResult();
        made.GetAwaiter().GetResult();
        _reporter.Up(SitesWithUrls());
        if (_options.TapName is { } tap)
        {
            _reporter.Warn($"sites are reached once {tap} has its address: ip addr add 10.0.0.1/8 dev {tap}");
        }
    }

    /// <summary>The sites as they are shown: of those that are alike, the first and the last.</summary>
    private List<(Site Site, string Url)> SitesWithUrls()
    {
        IEnumerable<Site> ends = _uniform is null ? [] : [.. _uniform.Ends];
        return [.. _manager!.Sites.Concat(ends).Select(site => (site, UrlOf(site.Name)))];
    }

    private void OnEvent(SiteEvent change)
    {
        lock (_gate)
        {
            if (_early is not null)
            {
                _early.Enqueue(change);
                return;
            }
        }

        Report(change);
    }

    /// <summary>Tells what happened to sites before it was told where they are found.</summary>
    private void ReportEarly()
    {
        while (true)
        {
            SiteEvent change;
            lock (_gate)
            {
                if (!_early!.TryDequeue(out change))
                {
                    _early = null;
                    return;
                }
            }

            Report(change);
        }
    }

    private void Report(SiteEvent change)
    {
        _reporter.Changed(change, UrlOf(change.Site.Name));
        if (change.State == SiteState.Starting)
        {
            CheckCertificate(SiteName.HostOf(change.Site.Name));
        }

        lock (_gate)
        {
            if (!_awaited.Contains(change.Site.Name) || _settled.Task.IsCompleted)
            {
                return;
            }

            // Without a disk, its directory is not what whoever asked for it meant. Everything else may pass: it is
            // tried again, and the others do not wait for that.
            if (change is { State: SiteState.Failed, Site.DiskPath: null } && _asked.Contains(change.Site.Name))
            {
                _ = _settled.TrySetException(
                    new ControlException($"the site '{change.Site.Name}' cannot be served: {change.Message}"));
            }
            else if (change.State != SiteState.Starting && _awaited.Remove(change.Site.Name) && _awaited.Count == 0)
            {
                _ = _settled.TrySetResult();
            }
        }
    }

    // The first signal asks, the second kills: what only ends is cut short, and all else goes with the process.
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            if (!_isEnding)
            {
                // What is saved by now is whole, as after any other end.
                Process.GetCurrentProcess().Kill();
            }

            _killed.Cancel();
        }

        _ = _interrupted.TrySetResult();
    }

    /// <summary>Saves all VMs, for the next kernel to go on with.</summary>
    private void Save(IsolationKernel kernel, UpSites sites, IngressServer server, ApiServer? api)
    {
        using var late = new CancellationTokenSource(s_requestsGrace);
        Task ended = Task.WhenAll(
            _manager!.FreezeAsync(), server.StopAsync(late.Token), api?.StopAsync(late.Token) ?? Task.CompletedTask);
        _ = Task.WaitAny([ended], s_endLimit);
        _uniform?.Dispose();
        int all = kernel.MachineCount;
        SaveReport report = Progress.While(
            $"saving {all} VMs",
            kernel.SaveAllAsync(s_saveLimit),
            () => kernel.MemoryUsage.SwappedMachines / (double)Math.Max(all, 1)).GetAwaiter().GetResult();
        _reporter.Saved(report, sites.Folder!.Path);
        api?.DisposeAsync().AsTask().Wait(s_requestsGrace);
        server.DisposeAsync().AsTask().Wait(s_requestsGrace);
    }

    private void End(SiteManager manager, IngressServer server, ApiServer? api)
    {
        _isEnding = true;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(_killed.Token);
        late.CancelAfter(s_requestsGrace);
        Task ended = Task.WhenAll(
            manager.StopAsync(), server.StopAsync(late.Token), api?.StopAsync(late.Token) ?? Task.CompletedTask);
        try
        {
            ended.Wait(s_endLimit, _killed.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            // Killed, or not in time: what still runs goes with the kernel.
        }

        manager.KillAll();
        api?.DisposeAsync().AsTask().Wait(s_requestsGrace);
        server.DisposeAsync().AsTask().Wait(s_requestsGrace);
    }

    private string UrlOf(string name)
    {
        IPEndPoint endpoint = _server!.Endpoints[0];
        bool isUsual = endpoint.Port == (_options.IsTls ? HttpsPort : HttpPort);
        string port = isUsual ? "" : string.Create(CultureInfo.InvariantCulture, $":{endpoint.Port}");
        return $"{Scheme}://{SiteName.HostOf(name)}{port}/";
    }

    /// <summary>Tells if the certificate that was given is not for a site.</summary>
    private void CheckCertificate(string host)
    {
        if (_certificate is not null && !IngressCertificate.IsFor(_certificate, host))
        {
            _reporter.Warn(
                $"the certificate '{_options.CertificatePath}' is not for {host}, so its visitors are warned: give the "
                + "site that name");
        }
    }
}
