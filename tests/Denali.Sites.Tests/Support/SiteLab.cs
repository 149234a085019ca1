// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Control.Tests;
using Denali.Guests.Tests;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Kvm;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>A kernel with sites and an ingress in the test's own process, so that it can end VMs.</summary>
internal sealed class SiteLab : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-lab-").FullName;
    private readonly SortedSet<string> _listed = [];
    private readonly KvmEngine _engine;
    private SitesFileWatch? _watch;
    private readonly LoadedImage _image;
    private readonly HostNetwork _network;
    private readonly IngressServer _server;

    /// <param name="guest">The guest that serves the sites.</param>
    internal SiteLab(string guest = "web")
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        byte[] file = File.ReadAllBytes(TestSettings.GuestPath(guest));
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        _engine = new KvmEngine();
        Kernel = new IsolationKernel(_engine, new KernelOptions { WorkerCount = 2 });
        _image = Kernel.Load(image!);
        _network = new HostNetwork(Kernel);
        Sites = new SiteManager(
            new KernelSiteHost(Kernel, _image, _network),
            new SiteManagerOptions { CacheFolder = Path.Combine(_folder, "cache") },
            Events.Add);
        _server = IngressServer.StartAsync(
            Sites, new IngressOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] }).GetAwaiter().GetResult();
    }

    internal IsolationKernel Kernel { get; }

    internal SiteManager Sites { get; }

    internal Events Events { get; } = new();

    private string FilePath => Path.Combine(_folder, "sites");

    internal IPEndPoint Ingress => _server.Endpoints[0];

    /// <summary>Adds sites, or builds them again, each with a page that tells its name.</summary>
    internal void Set(string name, params (string Name, byte[] Content)[] files) =>
        Sites.Set(SiteDefinition.Create(name, Write(name, files), _folder));

    /// <summary>Lists a site in the sites file, with what is in its directory.</summary>
    internal void List(string name, params (string Name, byte[] Content)[] files)
    {
        _ = Write(name, files);
        _ = _listed.Add(name);
        WriteFile();
    }

    /// <summary>Takes a site off the sites file.</summary>
    internal void Unlist(string name)
    {
        _ = _listed.Remove(name);
        WriteFile();
    }

    /// <summary>Follows the sites file from now on.</summary>
    /// <param name="warn">Is told what is wrong with it.</param>
    internal void FollowFile(Action<string> warn) =>
        _watch = new SitesFileWatch(FilePath, "", [], _ => null, Sites, warn);

    /// <summary>Asks a site for something, whatever it answers.</summary>
    internal void Ask(string name, string path)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{Ingress}{path}"));
        request.Headers.Host = $"{name}.localhost";
        using HttpResponseMessage response = client.Send(request);
    }

    /// <summary>Kills the VM that serves a site, if one does.</summary>
    internal void Kill(string name)
    {
        if (Sites.Find(name)?.Machine is { } machine)
        {
            Kernel.Kill(machine.Machine.Id);
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.True(Sites.StopAsync().Wait(Events.Patience), "the sites do not end");
        Sites.Dispose();
        _network.Dispose();
        _image.Dispose();
        Kernel.Dispose();
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Write(string name, (string Name, byte[] Content)[] files)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach ((string fileName, byte[] content) in files.Append(("index.html", Encoding.ASCII.GetBytes(name))))
        {
            // Whole or not at all, and only what is new: an image may be made of the directory at any moment.
            string path = Path.Combine(directory, fileName);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                string whole = Path.Combine(_folder, "whole");
                File.WriteAllBytes(whole, content);
                File.Move(whole, path, overwrite: true);
            }
        }

        return directory;
    }

    // Whole or not at all: the watch may read at any moment.
    private void WriteFile()
    {
        File.WriteAllLines(FilePath + ".new", _listed.Select(name => $"{name}={name}"));
        File.Move(FilePath + ".new", FilePath, overwrite: true);
    }
}
