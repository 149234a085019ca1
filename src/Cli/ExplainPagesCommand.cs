// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Disks;
using Denali.Control.Sites;
using Denali.Control.Templates;
using Denali.Diagnostics;
using Denali.Engine;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>Lists the pages that a VM of the web guest has of its own after it has served a request.</summary>
internal sealed class ExplainPagesCommand : ISiteMachineObserver
{
    private const string Guest = "web";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the command.</summary>
    /// <param name="directory">The site, or null for a demo site.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="requests">How often.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">The site does not answer.</exception>
    internal static int Execute(string? directory, string path, int requests)
    {
        directory ??= Path.Combine(AppContext.BaseDirectory, "sites", "hello");
        using var patience = new CancellationTokenSource(s_patience);
        string folder = Directory.CreateTempSubdirectory("denali-explain-").FullName;
        try
        {
            string disk = Path.Combine(folder, "disk");
            _ = DiskImageBuilder.Build(directory, disk, 0, patience.Token);
            ExecuteAsync(disk, path, requests, patience.Token).GetAwaiter().GetResult();
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw new UsageException($"the site does not answer ({e.Message}): see whether denali up serves it");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    void ISiteMachineObserver.OnReady() => _ = _ready.TrySetResult();

    void ISiteMachineObserver.OnEnded(string reason) => _ = _ready.TrySetException(new IOException(reason));

    private static async Task ExecuteAsync(string disk, string path, int requests, CancellationToken patience)
    {
        (DenaliImage image, _) = GuestImages.Load(Guest);
        using var engine = new KvmEngine(KvmDevice.Path);
        using var kernel = new IsolationKernel(engine);
        using var network = new HostNetwork(kernel);
        using LoadedImage template = TemplateCache.Boot(kernel, image, 0, KernelSiteHost.BootArguments);
        var command = new ExplainPagesCommand();
        ISiteMachine machine = new KernelSiteHost(kernel, template, network).Start("site", disk, command);
        await command._ready.Task.WaitAsync(patience);
        Write("Before a request", template, await kernel.CaptureAsync(machine.Id, s_patience));
        for (int i = 0; i < requests; i++)
        {
            await AskAsync(machine, path, patience);
        }

        Write("After it", template, await kernel.CaptureAsync(machine.Id, s_patience));
    }

    private static async Task AskAsync(ISiteMachine machine, string path, CancellationToken patience)
    {
        await using Stream stream = await machine.ConnectAsync(patience);
        string request = $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), patience);
        await stream.CopyToAsync(Stream.Null, patience);
    }

    private static void Write(string when, LoadedImage template, LoadedImage captured)
    {
        using (captured)
        {
            IReadOnlyList<PageChange> changes = captured.FindChanges(template);
            var report = new PageReport(captured.Image, captured.Layout, captured.TryGetPage);
            int bytes = changes.Sum(change => change.ByteCount);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{when}: {changes.Count} pages with {bytes} bytes that differ"));
            foreach (PageChange change in changes)
            {
                Console.Out.WriteLine(report.Explain(change));
            }
        }
    }
}
