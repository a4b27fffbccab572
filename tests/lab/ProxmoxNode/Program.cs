using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using VmPowerManager.Lab.Proxmox;

// LabProxmoxNode NAME PORT FOLDER : a node alone, on all addresses, until it is told to shut down. FOLDER/guests has its guests, a
// line each (100 web qemu running); FOLDER/identity its certificate, made with the first start. With every later start the
// guests are off, as after a boot without "start at boot".
var (name, port, folder) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), args[2]);
var identity = Path.Combine(folder, "identity");
var first = !File.Exists(identity);
if (first)
    File.WriteAllBytes(identity, HttpsDoor.Made().Export(X509ContentType.Pfx));
await using var cluster = await FakeCluster.StartAloneAsync(
    name,
    new IPEndPoint(IPAddress.Any, port),
    X509CertificateLoader.LoadPkcs12FromFile(identity, null)
);
foreach (var words in File.ReadLines(Path.Combine(folder, "guests")).Select(l => l.Split(' ')))
    cluster.Add(
        new FakeGuest
        {
            Id = long.Parse(words[0], CultureInfo.InvariantCulture),
            Name = words[1],
            Kind = words[2],
            Node = name,
            Running = first && words[3] == "running",
            ShutdownTakes = TimeSpan.FromMilliseconds(500),
        }
    );
while (cluster.Node(name).Online)
    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
